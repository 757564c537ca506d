import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sha256 } from "./sha256.ts";
import { taggedHash } from "./tagged-hash.ts";

describe("taggedHash", () => {
  const tag = sha256(Uint8Array.from("TapLeaf", (it) => it.charCodeAt(0)));

  it("is SHA256(SHA256(tag) || SHA256(tag) || message), whatever the length and the cut", () => {
    for (const length of [0, 1, 54, 55, 56, 63, 64, 65, 175, 64_896, 64_897, 200_000]) {
      const message = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
      const whole = new Uint8Array(64 + length);
      whole.set(tag);
      whole.set(tag, 32);
      whole.set(message, 64);
      const expected = sha256(whole);
      assert.deepEqual(taggedHash("TapLeaf", message), expected, `${length}`);
      const cut = length >> 1;
      const parts = [message.subarray(0, cut), message.subarray(cut)];
      taggedHash("TapBranch", message);
      assert.deepEqual(taggedHash("TapLeaf", ...parts), expected, `${length}`);
    }
  });
});
