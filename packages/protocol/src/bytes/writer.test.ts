import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Writer, writeU32 } from "./writer.ts";

describe("Writer", () => {
  it("grows as needed and keeps what was written", () => {
    const writer = new Writer(1);
    for (let i = 0; i < 1000; i++) writer.u8(i & 255);
    assert.equal(writer.length, 1000);
    assert.deepEqual(
      writer.finish(),
      Uint8Array.from({ length: 1000 }, (_, i) => i & 255),
    );
  });

  it("hands out a copy, which later writes do not change", () => {
    const writer = new Writer(8).u8(1);
    const first = writer.finish();
    writer.u8(2);
    assert.deepEqual([...first], [1]);
    assert.deepEqual([...writer.finish()], [1, 2]);
  });

  it("writes the low 32 bits of a signed or unsigned value", () => {
    const bytes = new Uint8Array(6);
    writeU32(bytes, 1, -2);
    assert.deepEqual([...bytes], [0, 0xfe, 0xff, 0xff, 0xff, 0]);
    assert.deepEqual(new Writer().u32(0xfffffffe).finish(), bytes.slice(1, 5));
  });
});
