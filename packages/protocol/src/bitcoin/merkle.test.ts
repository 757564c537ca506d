import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { merkleRoot } from "./merkle.ts";

function sha256d(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest();
}

/** The definition, read literally. */
function plainRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return Buffer.alloc(32);
  if (leaves.length === 1) return leaves[0] as Buffer;
  const level: Buffer[] = [];
  for (let i = 0; i < leaves.length; i += 2) {
    const left = leaves[i] as Buffer;
    level.push(sha256d(Buffer.concat([left, leaves[i + 1] ?? left])));
  }
  return plainRoot(level);
}

const leaf = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const distinct = (minLength: number, maxLength: number) =>
  fc.uniqueArray(leaf, { minLength, maxLength, selector: (bytes) => bytes.toString("hex") });

describe("merkleRoot", () => {
  it("agrees with the definition and leaves the leaves alone", () => {
    fc.assert(
      fc.property(distinct(0, 40), (leaves) => {
        const joined = Buffer.concat(leaves);
        const before = Buffer.from(joined);
        const { root, mutated } = merkleRoot(joined);
        assert.deepEqual(Buffer.from(root), plainRoot(leaves));
        assert.equal(mutated, false);
        assert.deepEqual(joined, before);
      }),
    );
  });

  it("tells a list whose end was repeated from the one with the same root (C07, CVE-2012-2459)", () => {
    fc.assert(
      fc.property(distinct(3, 24), fc.integer({ min: 0, max: 4 }), (leaves, level) => {
        const width = 2 ** level;
        // A full subtree of that width at the odd end can be repeated without changing the root.
        fc.pre(leaves.length % width === 0 && (leaves.length / width) % 2 === 1);
        fc.pre(leaves.length > width);
        const repeated = [...leaves, ...leaves.slice(-width)];
        const honest = merkleRoot(Buffer.concat(leaves));
        const forged = merkleRoot(Buffer.concat(repeated));
        assert.deepEqual(forged.root, honest.root);
        assert.equal(forged.mutated, true);
      }),
      { numRuns: 300 },
    );
  });
});
