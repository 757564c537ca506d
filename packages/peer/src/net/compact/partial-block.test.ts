import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blockTxid, decodeBlock, witnessIds } from "@compeer/protocol/bitcoin/block";
import { decodeCompactBlock, encodeCompactBlock } from "@compeer/protocol/wire/compact-block";
import { draft } from "../../mempool/testing/ledger.ts";
import { mineBlock } from "../testing/mine-block.ts";
import { PartialBlock } from "./partial-block.ts";

const COUNT = 7;
const PARENT = { hash: new Uint8Array(32).fill(1), height: 20, time: 1_700_000_000 };

function coin(index: number): { txid: Uint8Array; index: number } {
  return { txid: new Uint8Array(32).fill(2), index };
}

describe("PartialBlock", () => {
  it("becomes the block that was meant, with the ids that its bytes have", () => {
    const transactions = Array.from({ length: COUNT }, (_, i) =>
      draft([coin(i)], [1000 + i], { witness: [] }),
    );
    const block = mineBlock(PARENT, { transactions });
    const here = transactions.slice(0, 4).map((tx, i) => ({
      tx,
      txid: blockTxid(block, i + 1),
      wtxid: blockTxid(block, i + 1),
    }));
    const extra = transactions.slice(4, 5).map((tx) => ({ tx, wtxid: blockTxid(block, 5) }));
    const compact = decodeCompactBlock(encodeCompactBlock(block, 3n));
    const partial = PartialBlock.begin(compact, { mempool: here, extra });
    if (typeof partial === "string") throw new Error(partial);
    assert.deepEqual(partial.missing, [6, 7]);
    const whole = partial.complete(transactions.slice(5), true);
    if (typeof whole === "string") throw new Error(whole);
    const plain = decodeBlock(block.raw);
    assert.deepEqual(whole.raw, plain.raw);
    assert.deepEqual(whole.txids, plain.txids);
    assert.deepEqual(witnessIds(whole), witnessIds(plain));
  });

  it("is not completed with other transactions, nor twice", () => {
    const transactions = [draft([coin(0)], [1000], { witness: [] })];
    const block = mineBlock(PARENT, { transactions });
    const compact = decodeCompactBlock(encodeCompactBlock(block, 3n));
    const partial = PartialBlock.begin(compact, { mempool: [], extra: [] });
    if (typeof partial === "string") throw new Error(partial);
    assert.equal(partial.complete([draft([coin(1)], [1000], { witness: [] })], true), "failed");
    assert.ok(partial.isSpent);
    assert.equal(partial.complete(transactions, true), "invalid");
  });
});
