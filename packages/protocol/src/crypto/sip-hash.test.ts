import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SipHasher, sipHash24 } from "./sip-hash.ts";

const K0 = 0x0706050403020100n;
const K1 = 0x0f0e0d0c0b0a0908n;

/** The definition, word by word in 64 bits. */
function slowSipHash(k0: bigint, k1: bigint, data: Uint8Array): bigint {
  const mask = (1n << 64n) - 1n;
  const rotate = (x: bigint, bits: bigint): bigint => ((x << bits) | (x >> (64n - bits))) & mask;
  let [a, b, c, d] = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const round = (): void => {
    a = (a + b) & mask;
    b = rotate(b, 13n) ^ a;
    a = rotate(a, 32n);
    c = (c + d) & mask;
    d = rotate(d, 16n) ^ c;
    a = (a + d) & mask;
    d = rotate(d, 21n) ^ a;
    c = (c + b) & mask;
    b = rotate(b, 17n) ^ c;
    c = rotate(c, 32n);
  };
  const padded = new Uint8Array((data.length & ~7) + 8);
  padded.set(data);
  padded[padded.length - 1] = data.length & 255;
  for (const word of new BigUint64Array(padded.buffer)) {
    d ^= word;
    round();
    round();
    a ^= word;
  }
  c ^= 0xffn;
  for (let i = 0; i < 4; i++) round();
  return a ^ b ^ c ^ d;
}

describe("sipHash24", () => {
  it("gives the values of the SipHash paper and of Core's hash_tests.cpp", () => {
    const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);
    assert.equal(sipHash24(K0, K1, counting(0)), 0x726fdb47dd0e0e31n);
    assert.equal(sipHash24(K0, K1, counting(15)), 0xa129ca6149be45e5n);
    assert.equal(sipHash24(K0, K1, counting(32)), 0x7127512f72f27ccen);
  });

  it("agrees with the definition in 64-bit words for any key and message", () => {
    const key = fc.bigInt(0n, (1n << 64n) - 1n);
    fc.assert(
      fc.property(key, key, fc.uint8Array({ maxLength: 300 }), (k0, k1, data) => {
        assert.equal(sipHash24(k0, k1, data), slowSipHash(k0, k1, data));
      }),
    );
  });
});

describe("SipHasher", () => {
  it("hashes a part of the bytes in place", () => {
    const hasher = new SipHasher(K0, K1);
    const { low, high } = hasher.hash(Uint8Array.of(9, 1, 2, 3, 9), 1, 4);
    const expected = sipHash24(K0, K1, Uint8Array.of(1, 2, 3));
    assert.equal((BigInt(high) << 32n) | BigInt(low), expected);
  });
});
