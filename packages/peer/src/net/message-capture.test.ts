import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Reader } from "@compeer/protocol/bytes/reader";
import { messageRecorders } from "./message-capture.ts";

describe("messageRecorders", () => {
  it("write messages as Core's parser reads them, by peer and direction", () => {
    const folder = mkdtempSync(join(tmpdir(), "capture-"));
    try {
      const record = messageRecorders(folder, { nowMs: () => 1_700_000_000_123.456 })("1.2.3.4:56");
      record("recv", "ping", Uint8Array.of(1, 2, 3));
      record("recv", "verack", new Uint8Array(0));
      record("sent", "pong", Uint8Array.of(9));
      assert.deepEqual(readdirSync(folder), ["1.2.3.4_56"]);
      const reader = new Reader(readFileSync(join(folder, "1.2.3.4_56", "msgs_recv.dat")));
      assert.equal(reader.u64(), 1_700_000_000_123_456);
      assert.equal(Buffer.from(reader.take(12)).toString(), "ping\0\0\0\0\0\0\0\0");
      assert.deepEqual([...reader.take(reader.u32())], [1, 2, 3]);
      reader.skip(20);
      assert.equal(reader.u32(), 0);
      reader.end();
      assert.equal(readFileSync(join(folder, "1.2.3.4_56", "msgs_sent.dat")).length, 25);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("write nothing and make no folder when not asked for", () => {
    const record = messageRecorders(null, { nowMs: () => 0 })("../../x");
    assert.doesNotThrow(() => record("sent", "ping", new Uint8Array(0)));
  });
});
