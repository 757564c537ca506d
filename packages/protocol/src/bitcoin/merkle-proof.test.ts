import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { concatBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { sha256d } from "../crypto/sha256.ts";
import { encodeHeader } from "./header.ts";
import { merkleRoot } from "./merkle.ts";
import { decodeMerkleProof, encodeMerkleProof, provenTransactions } from "./merkle-proof.ts";

function txidsOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => sha256d(Uint8Array.of(i & 255, i >> 8)));
}

function headerOf(txids: readonly Uint8Array[]): Uint8Array {
  const { root } = merkleRoot(concatBytes(...txids));
  const prevHash = new Uint8Array(32);
  return encodeHeader({ version: 1, prevHash, merkleRoot: root, time: 0, bits: 0, nonce: 0 });
}

describe("merkle proofs", () => {
  it("lead to just the transactions that were asked for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.array(fc.nat(69)), (count, wanted) => {
        const txids = txidsOf(count);
        const chosen = new Set(wanted.map((index) => index % count));
        const bytes = encodeMerkleProof(headerOf(txids), txids, (index) => chosen.has(index));
        const found = provenTransactions(decodeMerkleProof(bytes));
        assert.deepEqual(
          found,
          [...chosen].sort((a, b) => a - b).map((index) => ({ txid: txids[index], index })),
        );
      }),
    );
  });

  it("prove nothing when a byte was changed or is missing", () => {
    const txids = txidsOf(11);
    const bytes = encodeMerkleProof(headerOf(txids), txids, (index) => index === 4);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ change;
        const isOfHeader = at < 36 || (at >= 68 && at < 80); // other fields are not proven
        const found = refusedOr(changed);
        if (isOfHeader) assert.equal(found?.length, 1);
        else if (found !== null)
          // A bit that no node uses, or a number of transactions whose tree has the same shape here.
          assert.ok(
            found.every(({ txid }) => txids.some((each) => Buffer.compare(each, txid) === 0)),
          );
      }),
    );
    for (let length = 0; length < bytes.length; length++)
      assert.throws(() => decodeMerkleProof(bytes.subarray(0, length)), DecodeError);
    assert.throws(() => decodeMerkleProof(concatBytes(bytes, Uint8Array.of(0))), DecodeError);
  });

  it("refuse a doubled branch (CVE-2012-2459)", () => {
    const three = txidsOf(3);
    const four = [...three, three[2] as Uint8Array];
    assert.deepEqual(headerOf(three), headerOf(four));
    const bytes = encodeMerkleProof(headerOf(four), four, (index) => index >= 2);
    assert.equal(provenTransactions(decodeMerkleProof(bytes)), null);
  });
});

function refusedOr(bytes: Uint8Array): ReturnType<typeof provenTransactions> {
  try {
    return provenTransactions(decodeMerkleProof(bytes));
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return null;
  }
}
