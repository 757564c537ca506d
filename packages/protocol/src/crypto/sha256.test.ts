import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sha256 as oracle } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { Sha256, sha256, sha256d, sha256dInto, sha256dPairs } from "./sha256.ts";

/** `length` bytes that differ from place to place. */
function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 8)) & 255);
}

/** Around each border: those of blocks, and the switch to the host's library. */
const LENGTHS = [0, 1, 55, 56, 63, 64, 65, 119, 120, 1023, 1024, 511, 512, 200_000];

describe("sha256", () => {
  it("agrees with the pure library on every length up to 300 and at every border", () => {
    const lengths = [...Array.from({ length: 300 }, (_, i) => i), ...LENGTHS];
    for (const length of lengths) {
      assert.deepEqual(sha256(bytes(length)), Uint8Array.from(oracle(bytes(length))), `${length}`);
    }
  });
});

describe("sha256d", () => {
  it("is sha256 twice", () => {
    for (const length of LENGTHS) {
      assert.deepEqual(sha256d(bytes(length)), oracle(oracle(bytes(length))), `${length}`);
    }
  });

  it("hashes a part of shared memory into the middle of other shared memory", () => {
    for (const length of LENGTHS) {
      const from = new Uint8Array(new SharedArrayBuffer(length + 20));
      from.set(bytes(length), 7);
      const to = new Uint8Array(new SharedArrayBuffer(40));
      sha256dInto(from, 7, 7 + length, to, 5);
      assert.deepEqual([...to.subarray(5, 37)], [...oracle(oracle(bytes(length)))]);
      assert.equal(to[4], 0);
      assert.equal(to[37], 0);
    }
  });
});

describe("sha256dPairs", () => {
  for (const count of [0, 1, 2, 3, 4, 5, 991, 992, 993, 2001]) {
    it(`hashes ${count} pairs, also in place`, () => {
      const from = bytes(64 * count);
      const expected = new Uint8Array(32 * count);
      for (let i = 0; i < count; i++) {
        expected.set(oracle(oracle(from.subarray(64 * i, 64 * i + 64))), 32 * i);
      }
      const to = new Uint8Array(32 * count);
      sha256dPairs(from, count, to);
      assert.deepEqual(to, expected);
      sha256dPairs(from, count, from);
      assert.deepEqual(from.subarray(0, 32 * count), expected);
    });
  }
});

describe("Sha256", () => {
  it("gives the same hash however the message is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (parts) => {
        const hash = new Sha256();
        for (const part of parts) hash.update(part);
        assert.deepEqual(
          hash.digest(),
          Uint8Array.from(oracle(Uint8Array.from(parts.flatMap((part) => [...part])))),
        );
      }),
    );
  });

  it("takes parts that just fit its buffer and longer ones", () => {
    for (const length of [65_151, 65_152, 65_153, 130_304, 200_000]) {
      for (const head of [0, 10, 64]) {
        const long = bytes(length);
        const hash = new Sha256().update(long.subarray(0, head)).update(long.subarray(head));
        assert.deepEqual(hash.digest(), Uint8Array.from(oracle(long)), `${length} ${head}`);
      }
    }
  });

  it("goes on after a digest, and apart from its clone", () => {
    const hash = new Sha256().update(bytes(70));
    const clone = hash.clone().update(bytes(3));
    hash.digest();
    hash.update(bytes(70));
    assert.deepEqual(
      hash.digest(),
      Uint8Array.from(oracle.create().update(bytes(70)).update(bytes(70)).digest()),
    );
    assert.deepEqual(
      clone.digest(),
      Uint8Array.from(oracle.create().update(bytes(70)).update(bytes(3)).digest()),
    );
  });
});
