import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "./decode-error.ts";
import { formatHash, hashKey, keyHash, parseHash } from "./hash.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("hash", () => {
  it("is written with its last byte first", () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);
    assert.equal(formatHash(bytes).slice(0, 6), "1f1e1d");
    const buffer = Buffer.from(bytes); // its slice is no copy
    assert.equal(formatHash(buffer), formatHash(bytes));
    for (const hash of [bytes, buffer]) assert.equal(hash[0], 0, "the hash itself stays as it was");
  });

  it("comes back from its text and from its key", () => {
    fc.assert(
      fc.property(hash, (bytes) => {
        assert.deepEqual(parseHash(formatHash(bytes)), bytes);
        assert.deepEqual(keyHash(hashKey(bytes)), bytes);
      }),
    );
  });

  it("has one key for equal bytes and different keys for others", () => {
    fc.assert(
      fc.property(hash, hash, (a, b) => {
        assert.equal(hashKey(a) === hashKey(b), Buffer.compare(a, b) === 0);
        assert.equal(hashKey(a), hashKey(a.slice()));
      }),
    );
  });

  it("is refused unless it has 64 digits", () => {
    for (const text of ["", "00", "0".repeat(63), "0".repeat(66), "g".repeat(64)])
      assert.throws(() => parseHash(text), DecodeError);
  });
});
