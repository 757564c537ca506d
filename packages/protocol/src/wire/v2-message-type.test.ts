import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { concatBytes } from "../bytes/compare.ts";
import { decodeV2Type, encodeV2Type } from "./v2-message-type.ts";

const command = fc.stringMatching(/^[!-~]{1,12}$/);

describe("the type of an encrypted message", () => {
  it("comes back, with the payload behind it", () => {
    fc.assert(
      fc.property(command, fc.uint8Array(), (name, payload) => {
        const type = encodeV2Type(name);
        const decoded = decodeV2Type(concatBytes(type, payload));
        assert.deepEqual(decoded, { command: name, start: type.length });
      }),
    );
  });

  it("is one byte where BIP324 and BIP434 give it a number", () => {
    const ids = { addr: 1, block: 2, inv: 14, ping: 18, tx: 21, addrv2: 28, feature: 37 };
    for (const [name, id] of Object.entries(ids))
      assert.deepEqual(encodeV2Type(name), Uint8Array.of(id));
    assert.equal(encodeV2Type("version").length, 13);
  });

  it("is none when empty, unknown, cut short or with bytes behind its end", () => {
    assert.equal(decodeV2Type(new Uint8Array(0)), null);
    assert.equal(decodeV2Type(Uint8Array.of(33)), null);
    assert.equal(decodeV2Type(Uint8Array.of(255, 1, 2)), null);
    assert.equal(decodeV2Type(new Uint8Array(12)), null);
    const type = encodeV2Type("version");
    for (const [at, byte] of [
      [12, 0x41],
      [2, 0x80],
      [3, 0x1f],
    ] as const)
      assert.equal(decodeV2Type(type.with(at, byte)), null);
  });

  it("has no command where a number is reserved", () => {
    assert.deepEqual(decodeV2Type(Uint8Array.of(29)), { command: "", start: 1 });
    assert.deepEqual(decodeV2Type(Uint8Array.of(32)), { command: "", start: 1 });
  });
});
