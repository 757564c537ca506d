import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MAX_MONEY } from "@compeer/protocol/bitcoin/amount";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { Reader } from "@compeer/protocol/bytes/reader";
import fc from "fast-check";
import { decodeCoin, encodeCoin, MAX_COIN_OVERHEAD, putCoin, withPackedKey } from "./coin-codec.ts";
import { putAmount, readAmount } from "./compressor.ts";

const X = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const Y = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

const amounts = fc.oneof(
  fc.integer({ min: 0, max: MAX_MONEY }),
  fc.tuple(fc.nat(2_100_000), fc.nat(9)).map(([n, zeros]) => n * 10 ** zeros),
);
const scripts = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom(
    decodeHex(`76a914${"11".repeat(20)}88ac`),
    decodeHex(`a914${"22".repeat(20)}87`),
    decodeHex(`2102${X}ac`),
    decodeHex(`4104${X}${Y}ac`),
    decodeHex(`4104${X}${"33".repeat(32)}ac`),
    new Uint8Array(10_000).fill(0x51),
  ),
);
const coins: fc.Arbitrary<Coin> = fc.record(
  { value: amounts, script: scripts, height: fc.nat(0x7fffffff), coinbase: fc.boolean() },
  { noNullPrototype: true },
);

describe("amounts on disk", () => {
  // The pairs of src/test/compress_tests.cpp.
  const pairs: readonly (readonly [number, string])[] = [
    [0, "00"],
    [1, "01"],
    [1_000_000, "07"],
    [100_000_000, "09"],
    [50 * 100_000_000, "32"],
  ];

  it("have Core's short forms", () => {
    for (const [value, hex] of pairs) {
      const bytes = new Uint8Array(16);
      const end = putAmount(bytes, 0, value);
      assert.equal(encodeHex(bytes.subarray(0, end)), hex);
    }
  });

  it("come back exactly, even where the short form takes more than 53 bits", () => {
    const bytes = new Uint8Array(16);
    const check = (value: number) => {
      const end = putAmount(bytes, 0, value);
      const reader = new Reader(bytes, 0, end);
      assert.equal(readAmount(reader), value);
      assert.equal(reader.left, 0);
    };
    fc.assert(fc.property(amounts, check));
    for (let below = 0; below < 30; below++) check(MAX_MONEY - below);
    for (let at = -30; at < 30; at++) check(1_000_000_000_000_000 + at);
  });
});

describe("coins on disk", () => {
  it("come back as they were", () => {
    fc.assert(fc.property(coins, (coin) => assert.deepEqual(decodeCoin(encodeCoin(coin)), coin)));
  });

  it("keep only x of an uncompressed key that lies on the curve", () => {
    const coin = { value: 1, height: 1, coinbase: true };
    const packed = encodeCoin({ ...coin, script: decodeHex(`4104${X}${Y}ac`) });
    assert.equal(encodeHex(packed), `0301${"04"}${X}`);
    const off = encodeCoin({ ...coin, script: decodeHex(`4104${X}${"33".repeat(32)}ac`) });
    assert.equal(off.length, 2 + 1 + 67);
  });

  it("are the same on disk when their key was left unpacked in memory", () => {
    fc.assert(
      fc.property(coins, (coin) => {
        const { value, height, coinbase, script } = coin;
        const out = new Uint8Array(script.length + MAX_COIN_OVERHEAD);
        const end = putCoin(out, 0, value, height, coinbase, script, 0, script.length, false);
        assert.deepEqual(withPackedKey(out.subarray(0, end)), encodeCoin(coin));
      }),
    );
  });

  it("do not decode when cut or lengthened", () => {
    fc.assert(
      fc.property(coins, fc.nat(), (coin, at) => {
        const bytes = encodeCoin(coin);
        assert.throws(() => decodeCoin(bytes.subarray(0, at % bytes.length)), DecodeError);
        assert.throws(() => decodeCoin(concatBytes(bytes, Uint8Array.of(0))), DecodeError);
      }),
    );
  });

  it("decode or fail cleanly whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          decodeCoin(bytes);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
    );
  });
});
