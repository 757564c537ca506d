import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "./decode-error.ts";
import { MAX_SIZE, Reader } from "./reader.ts";
import { compactSizeLength, Writer } from "./writer.ts";

const U64_MAX = 2n ** 64n - 1n;

describe("Reader", () => {
  it("reads back every kind of value that Writer writes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xff }),
        fc.integer({ min: 0, max: 0xffff }),
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.maxSafeInteger(),
        fc.bigInt({ min: 0n, max: U64_MAX }),
        fc.uint8Array({ maxLength: 300 }),
        (byte, short, word, safe, big, bytes) => {
          const written = new Writer(1)
            .u8(byte)
            .u16(short)
            .u16be(short)
            .u32(word)
            .u32(word | 0)
            .u64(safe)
            .u64big(big)
            .varBytes(bytes)
            .finish();
          const reader = new Reader(written);
          assert.equal(reader.u8(), byte);
          assert.equal(reader.u16(), short);
          assert.equal(reader.u16be(), short);
          assert.equal(reader.u32(), word);
          assert.equal(reader.i32(), word | 0);
          assert.equal(reader.i64(), safe);
          assert.equal(reader.u64big(), big);
          assert.deepEqual(reader.varBytes(), bytes);
          reader.end();
        },
      ),
    );
  });

  it("reads 64-bit values as DataView does, rounded to the nearest number", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
        assert.equal(new Reader(bytes).u64(), Number(view.getBigUint64(0, true)));
        assert.equal(new Reader(bytes).i64(), Number(view.getBigInt64(0, true)));
      }),
    );
  });

  it("writes safe integers in two's complement", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const bytes = new Writer().u64(value).finish();
        const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
        assert.equal(view.getBigInt64(0, true), BigInt(value));
      }),
    );
  });

  it("refuses to read past the end, and past an end that it was given", () => {
    assert.throws(() => new Reader(Uint8Array.of(1, 2, 3)).u32(), DecodeError);
    const bounded = new Reader(Uint8Array.of(1, 2, 3, 4), 1, 3);
    assert.equal(bounded.left, 2);
    assert.throws(() => bounded.take(3), DecodeError);
    assert.equal(bounded.u16(), 0x0302);
    assert.throws(() => bounded.u8(), DecodeError);
  });

  it("refuses what is left over at the end", () => {
    assert.throws(() => new Reader(Uint8Array.of(0)).end(), /1 bytes left over/);
  });
});

describe("CompactSize", () => {
  it("takes the number of bytes that compactSizeLength tells", () => {
    for (const value of [0, 252, 253, 0xffff, 0x10000, 0xffffffff, 0x100000000, 2 ** 53 - 1]) {
      const bytes = new Writer().compactSize(value).finish();
      assert.equal(bytes.length, compactSizeLength(value));
      assert.equal(new Reader(bytes).compactSizeUnbounded(), value);
    }
  });

  it("refuses every form but the shortest", () => {
    const longer = [
      [253, 252, 0],
      [254, 255, 255, 0, 0],
      [255, 255, 255, 255, 255, 0, 0, 0, 0],
    ];
    for (const bytes of longer)
      assert.throws(() => new Reader(Uint8Array.from(bytes)).compactSize(), /non-canonical/);
  });

  it("refuses a length above MAX_SIZE", () => {
    assert.equal(new Reader(new Writer().compactSize(MAX_SIZE).finish()).compactSize(), MAX_SIZE);
    const more = new Writer().compactSize(MAX_SIZE + 1).finish();
    assert.throws(() => new Reader(more).compactSize(), /size too large/);
  });

  it("refuses bytes longer than the caller allows, or than there are", () => {
    const five = new Writer().varBytes(new Uint8Array(5)).finish();
    assert.throws(() => new Reader(five).varBytes(4), /over the limit of 4/);
    assert.throws(() => new Reader(five.subarray(0, 5)).varBytes(), /end of data/);
  });
});
