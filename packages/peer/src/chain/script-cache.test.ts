import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import { witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { ScriptCache } from "./script-cache.ts";
import { mineBlock, mineChain, OP_TRUE, pointOf, spend } from "./testing/mine-block.ts";
import { TestDisk } from "./testing/test-disk.ts";

const OP_FALSE = Uint8Array.of(0x00);
/** Enough that threads are woken. */
const INPUTS = 40;

describe("ScriptCache", () => {
  it("knows a transaction under the flags that it passed under, and under no others", () => {
    const cache = new ScriptCache();
    const wtxid = randomBytes(32);
    assert.equal(cache.isEmpty, true);
    assert.equal(cache.has(wtxid, 5), false);
    cache.add(wtxid, 5);
    assert.equal(cache.has(wtxid, 5), true);
    assert.equal(cache.has(wtxid, 4), false);
    const other = Uint8Array.from(wtxid);
    other[31] = (other[31] as number) ^ 1;
    assert.equal(cache.has(other, 5), false);
  });

  it("reads an id out of many", () => {
    const cache = new ScriptCache();
    const wtxids = randomBytes(96);
    cache.add(wtxids, 0, 32);
    assert.equal(cache.has(wtxids.subarray(32, 64), 0), true);
    assert.equal(cache.has(wtxids, 0), false);
    assert.equal(cache.has(wtxids, 0, 64), false);
  });

  it("remembers nearly all of 60,000 and only some of 400,000: its memory is fixed", () => {
    const cache = new ScriptCache();
    const count = 400_000;
    const wtxids = randomBytes(32 * count);
    const known = (from: number, to: number): number => {
      let sum = 0;
      for (let i = from; i < to; i++) if (cache.has(wtxids, 1, 32 * i)) sum++;
      return sum;
    };
    for (let i = 0; i < 60_000; i++) cache.add(wtxids, 1, 32 * i);
    assert.ok(known(0, 60_000) > 0.93 * 60_000);
    for (let i = 60_000; i < count; i++) cache.add(wtxids, 1, 32 * i);
    assert.ok(known(0, count) <= 131_072);
    assert.ok(known(count - 30_000, count) > 0.8 * 30_000);
  });
});

describe("a block of transactions whose scripts passed before", () => {
  for (const scriptThreads of [1, 2])
    it(`connects without running them again, those of others being run, with -par=${scriptThreads}`, async () => {
      const disk = new TestDisk();
      const chain = await disk.open({ maxTipAge: 1e10, scriptThreads });
      const base = mineChain(chain.tip, 101, { outputs: 2 * INPUTS });
      const first = base[0] as Block;
      const coins = outputsOf(blockTxid(first, 0), 2 * INPUTS);
      const locked = spend(coins, new Array<number>(coins.length).fill(1000), OP_FALSE);
      const lock = mineBlock(pointOf(base.at(-1) as Block, 101), { transactions: [locked] });
      for (const block of [...base, lock]) await chain.submitBlock(block);
      assert.equal(chain.isInitialDownload, false);
      // Nobody can spend these: only who does not look lets it pass.
      const unspendable = outputsOf(blockTxid(lock, 1), 2 * INPUTS);
      const known = spend(unspendable.slice(0, INPUTS), [1], OP_TRUE);
      const unknown = spend(unspendable.slice(INPUTS), [1], OP_TRUE);
      chain.noteScriptsPassed(witnessTransactionId(parseTransaction(known)));
      const on = pointOf(lock, 102);
      const bad = mineBlock(on, { transactions: [known, unknown] });
      assert.match((await chain.submitBlock(bad)).fault?.reason ?? "", /^block-script-verify-flag/);
      const good = mineBlock(on, { transactions: [known] });
      assert.equal((await chain.submitBlock(good)).fault, null);
      assert.deepEqual(chain.tip.hash, good.hash);
      await chain.close();
    });
});

function outputsOf(txid: Uint8Array, count: number): { txid: Uint8Array; index: number }[] {
  return Array.from({ length: count }, (_, index) => ({ txid, index }));
}
