import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeHex } from "../bytes/hex.ts";
import { hash160, ripemd160, sha1 } from "./hash160.ts";
import { sha256 } from "./sha256.ts";
import { taggedHash } from "./tagged-hash.ts";

const abc = Uint8Array.of(0x61, 0x62, 0x63);

describe("hash160 and its parts", () => {
  it("give the values of their specifications for abc", () => {
    assert.equal(encodeHex(ripemd160(abc)), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    assert.equal(encodeHex(sha1(abc)), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert.equal(encodeHex(hash160(abc)), "bb1be98c142444d7a56aa3981c3942a978e4dc33");
  });
});

describe("taggedHash", () => {
  it("is SHA256(SHA256(tag) || SHA256(tag) || message), whatever was hashed before", () => {
    const tag = sha256(Uint8Array.from("TapLeaf", (it) => it.charCodeAt(0)));
    const expected = sha256(Uint8Array.of(...tag, ...tag, ...abc));
    assert.deepEqual(taggedHash("TapLeaf", abc), expected);
    taggedHash("TapBranch", abc);
    assert.deepEqual(taggedHash("TapLeaf", abc.subarray(0, 1), abc.subarray(1)), expected);
  });
});
