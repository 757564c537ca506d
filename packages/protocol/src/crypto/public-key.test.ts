import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { publicKey } from "./keys.ts";
import { decodePublicKey } from "./public-key.ts";

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.with(0, 0x7f));

describe("decodePublicKey", () => {
  it("gives one point for all three forms of a key, and a hybrid one that lies is none", () => {
    fc.assert(
      fc.property(secret, (bytes) => {
        const short = publicKey(bytes, true);
        const long = publicKey(bytes, false);
        const parity = (long[64] as number) & 1;
        assert.deepEqual(decodePublicKey(short)?.toBytes(true), short);
        assert.deepEqual(decodePublicKey(long)?.toBytes(true), short);
        assert.deepEqual(decodePublicKey(long.with(0, 6 + parity))?.toBytes(true), short);
        assert.equal(decodePublicKey(long.with(0, 7 - parity)), null);
      }),
      { numRuns: 15 },
    );
  });

  it("answers cut, lengthened, changed and any other bytes with a point or null", () => {
    fc.assert(
      fc.property(secret, fc.nat(64), fc.integer({ min: 1, max: 255 }), (bytes, at, flip) => {
        const long = publicKey(bytes, false);
        assert.equal(decodePublicKey(long.subarray(0, at)), null);
        assert.equal(decodePublicKey(Uint8Array.of(...long, 0)), null);
        // Changed bytes of x or y are off the curve; a changed first byte names another form.
        assert.equal(
          decodePublicKey(long.with(1 + (at % 64), (long[1 + (at % 64)] as number) ^ flip)),
          null,
        );
      }),
      { numRuns: 15 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => void decodePublicKey(bytes)),
    );
  });
});
