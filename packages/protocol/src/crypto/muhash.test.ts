import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { formatHash } from "../bytes/hash.ts";
import { encodeHex } from "../bytes/hex.ts";
import { MuHash } from "./muhash.ts";

/** A member that is a small number, in 32 bytes. Core: crypto_tests.cpp, FromInt. */
function member(number: number): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes[0] = number;
  return bytes;
}

describe("MuHash", () => {
  it("gives the digest that Core's tests expect of {0, 1} without 2", () => {
    const hash = new MuHash().insert(member(0)).insert(member(1)).remove(member(2));
    assert.equal(
      formatHash(hash.digest()),
      "10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863",
    );
  });

  it("reduces an element at or above the prime, as Core's overflow test expects", () => {
    const bytes = new Uint8Array(768).fill(255, 0, 384);
    bytes[384] = 1;
    assert.equal(
      encodeHex(MuHash.decode(bytes).digest()),
      "3a31e6903aff0de9f62f9a9f7f8b861de76ce2cda09822b90014319ae5dc2271",
    );
  });

  it("encodes {1, 2} as Core does", () => {
    const encoded = encodeHex(new MuHash().insert(member(1)).insert(member(2)).encode());
    assert.equal(encoded.slice(0, 32), "1fa093295ea30a6a3acdc7b3f770fa53");
    assert.equal(encoded.slice(-768), `01${"00".repeat(383)}`);
  });

  it("does not depend on order, and forgets what left", () => {
    const members = fc.uniqueArray(fc.nat(255), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(members, fc.nat(255), (numbers, guest) => {
        const forward = new MuHash();
        const backward = new MuHash().insert(member(guest));
        for (const number of numbers) forward.insert(member(number));
        for (const number of numbers.toReversed()) backward.insert(member(number));
        backward.remove(member(guest));
        const digest = forward.digest();
        assert.deepEqual(backward.digest(), digest);
        assert.deepEqual(MuHash.decode(backward.encode()).digest(), digest);
      }),
      { numRuns: 10 },
    );
  });

  it("combines two sets, and goes on after a digest", () => {
    const left = new MuHash().insert(member(1));
    left.digest();
    const right = new MuHash().insert(member(2)).remove(member(3));
    const both = new MuHash().insert(member(1)).insert(member(2)).remove(member(3));
    assert.deepEqual(left.combine(right).digest(), both.digest());
  });

  it("refuses bytes of a wrong length", () => {
    assert.throws(() => MuHash.decode(new Uint8Array(767)), DecodeError);
  });
});
