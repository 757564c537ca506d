import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ripemd160 as oracleRipemd160 } from "@noble/hashes/legacy.js";
import { sha256 as oracleSha256 } from "@noble/hashes/sha2.js";
import { encodeHex } from "../bytes/hex.ts";
import { hash160, hash160Into, ripemd160, sha1 } from "./hash160.ts";

const abc = Uint8Array.of(0x61, 0x62, 0x63);

describe("hash160 and its parts", () => {
  it("give the values of their specifications for abc", () => {
    assert.equal(encodeHex(ripemd160(abc)), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    assert.equal(encodeHex(sha1(abc)), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert.equal(encodeHex(hash160(abc)), "bb1be98c142444d7a56aa3981c3942a978e4dc33");
  });

  it("agree with the pure library on every length up to 600, at the buffer's end and beyond", () => {
    const lengths = [...Array.from({ length: 600 }, (_, i) => i), 64_896, 64_897, 100_000];
    for (const length of lengths) {
      const message = Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 8) + length) & 255);
      const expected = oracleRipemd160(oracleSha256(message));
      assert.equal(encodeHex(hash160(message)), encodeHex(expected), `${length}`);
    }
  });
});

describe("hash160Into", () => {
  it("reads shared memory and writes twenty bytes, no more", () => {
    const key = new Uint8Array(new SharedArrayBuffer(33)).fill(3);
    const out = new Uint8Array(24);
    hash160Into(key, out, 2);
    assert.deepEqual(out.subarray(2, 22), hash160(key));
    assert.deepEqual([out[0], out[1], out[22], out[23]], [0, 0, 0, 0]);
  });
});
