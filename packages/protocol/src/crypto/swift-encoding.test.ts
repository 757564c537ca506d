import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { elligatorSwift } from "@scure/btc-signer/p2p.js";
import fc from "fast-check";
import { FIELD_PRIME, inverse, isSquare, reduce, squareRoot } from "./field.ts";
import { publicKeyX } from "./keys.ts";
import { bigEndian } from "./scalar.ts";
import { decodeSwift, encodeSwift, swiftInverse } from "./swift-encoding.ts";

const element = fc.bigInt({ min: 0n, max: FIELD_PRIME - 1n });

describe("the field", () => {
  it("gives 1 for a number and its inverse", () => {
    fc.assert(fc.property(element, (a) => a === 0n || reduce(a * inverse(a)) === 1n));
  });

  it("takes roots of squares, and knows which numbers are some", () => {
    fc.assert(
      fc.property(element, (a) => {
        const square = reduce(a * a);
        const root = squareRoot(square);
        assert.ok(isSquare(square) && (root === a || root === reduce(-a)));
        // -1 is no square of this field, so a number or its negative is, and never both.
        assert.equal(isSquare(reduce(-square)), square === 0n);
        assert.equal(reduce(squareRoot(a) ** 2n) === a, isSquare(a));
      }),
    );
  });
});

describe("ElligatorSwift's encoding", () => {
  it("decodes as @scure/btc-signer does, edges of the field included", () => {
    const edge = fc.constantFrom(0n, 1n, FIELD_PRIME - 1n, FIELD_PRIME, 2n ** 256n - 1n);
    const half = fc.oneof({ weight: 4, arbitrary: element }, { weight: 1, arbitrary: edge });
    fc.assert(
      fc.property(half, half, (u, t) => {
        const hex = [u, t].map((value) => value.toString(16).padStart(64, "0")).join("");
        const bytes = Uint8Array.from(Buffer.from(hex, "hex"));
        assert.deepEqual(decodeSwift(bytes), Uint8Array.from(elligatorSwift.decode(bytes)));
      }),
      { numRuns: 60 },
    );
  });

  it("finds the same encodings as @scure/btc-signer by each branch", () => {
    for (let i = 0; i < 12; i++) {
      const x = bigEndian(publicKeyX(randomBytes(32)));
      const u = bigEndian(randomBytes(32)) % FIELD_PRIME;
      for (let branch = 0; branch < 8; branch++)
        assert.equal(swiftInverse(x, u, branch), elligatorSwift._inv(x, u, branch) ?? null);
    }
  });

  it("comes back to the same x, by different bytes each time", () => {
    for (let i = 0; i < 20; i++) {
      const x = Uint8Array.from(publicKeyX(randomBytes(32)));
      const [one, other] = [encodeSwift(x, randomBytes), encodeSwift(x, randomBytes)];
      assert.notDeepEqual(one, other);
      assert.deepEqual(decodeSwift(one), x);
      assert.deepEqual(decodeSwift(other), x);
    }
  });

  it("uses every branch that a key has", () => {
    const x = publicKeyX(new Uint8Array(32).fill(7));
    const branches = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const encoded = encodeSwift(x, randomBytes);
      const [u, t] = [bigEndian(encoded), bigEndian(encoded.subarray(32))];
      for (let branch = 0; branch < 8; branch++)
        if (swiftInverse(bigEndian(x), u, branch) === t) branches.add(String(branch & 5));
    }
    assert.equal(branches.size, 4);
  });
});
