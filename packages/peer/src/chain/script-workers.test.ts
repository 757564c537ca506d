import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { MANDATORY_FLAGS } from "@compeer/protocol/script/flags";
import { CheckCancelled, ScriptWorkers } from "./script-workers.ts";
import { mineBlock, OP_TRUE, spend } from "./testing/mine-block.ts";

const OP_FALSE = Uint8Array.of(0x00);
/** Hashes some thousand times: long enough to be interrupted. */
const SLOW = Uint8Array.from([0x51, ...new Array(200).fill(0xaa)]);

/** A block of `count` inputs, five a transaction, and coins of anyone-can-spend scripts for them. */
function blockOf(count: number, script: Uint8Array = OP_TRUE): { block: Block; coins: SpentCoins } {
  const transactions: Uint8Array[] = [];
  for (let first = 0; first < count; first += 5) {
    const inputs = Array.from({ length: Math.min(5, count - first) }, (_, i) => ({
      txid: new Uint8Array(32).fill(7),
      index: first + i,
    }));
    transactions.push(spend(inputs, [1]));
  }
  const genesis = decodeBlock(networkByName("regtest").genesis);
  const block = mineBlock({ hash: genesis.hash, height: 0, time: 0 }, { transactions });
  const coins = new SpentCoins(block.table.inputCount);
  for (let row = 1; row < block.table.inputCount; row++)
    coins.set(row, 1, 1, false, script, 0, script.length);
  return { block, coins };
}

/** Lets the coin of an input have a script that cannot be satisfied. */
function spoil(coins: SpentCoins, row: number): void {
  coins.set(row, 1, 1, false, OP_FALSE, 0, 1);
}

/** Input number `row` of a block made by `blockOf`. */
function place(row: number): { tx: number; input: number } {
  return { tx: 1 + Math.floor((row - 1) / 5), input: (row - 1) % 5 };
}

describe("ScriptWorkers", () => {
  for (const threads of [1, 2]) {
    it(`passes a block whose scripts are right, with -par=${threads}`, async () => {
      const workers = ScriptWorkers.start(threads);
      for (const count of [0, 3, 15, 16, 1000]) {
        const { block, coins } = blockOf(count);
        assert.equal(await workers.check(block, coins, MANDATORY_FLAGS), null);
      }
      await workers.close();
    });

    it(`names the first of several failing inputs, with -par=${threads}`, async () => {
      const workers = ScriptWorkers.start(threads);
      for (const rows of [[1], [1000], [700, 300, 301, 999], [17, 18, 33], [500, 516]]) {
        const { block, coins } = blockOf(1000);
        for (const row of rows) spoil(coins, row);
        const failure = await workers.check(block, coins, MANDATORY_FLAGS);
        assert.deepEqual(failure, { ...place(Math.min(...rows)), error: "EVAL_FALSE" });
      }
      await workers.close();
    });
  }

  it("checks several blocks at once", async () => {
    const workers = ScriptWorkers.start(2);
    const checks = Array.from({ length: 20 }, async (_, i) => {
      const { block, coins } = blockOf(200);
      if (i % 2 === 1) spoil(coins, 1 + i);
      return workers.check(block, coins, MANDATORY_FLAGS);
    });
    const verdicts = await Promise.all(checks);
    verdicts.forEach((verdict, i) => {
      assert.equal(verdict === null, i % 2 === 0);
    });
    await workers.close();
  });

  it("C21 fails a block with a bad input early and thousands of good ones, again and again", async () => {
    const workers = ScriptWorkers.start(2);
    for (let round = 0; round < 100; round++) {
      const { block, coins } = blockOf(3000);
      spoil(coins, 2);
      const check = workers.check(block, coins, MANDATORY_FLAGS);
      // The block's own memory may go at once: the threads read their copy.
      block.raw.fill(0);
      assert.deepEqual(await check, { ...place(2), error: "EVAL_FALSE" });
    }
    await workers.close();
  });

  it("C21 gives no verdict on the word of a thread that was killed: the check is done again", async () => {
    for (const isBad of [false, true]) {
      const workers = ScriptWorkers.start(2);
      const warm = blockOf(100);
      await workers.check(warm.block, warm.coins, MANDATORY_FLAGS);
      const { block, coins } = blockOf(2000, SLOW);
      if (isBad) spoil(coins, 2000);
      const check = workers.check(block, coins, MANDATORY_FLAGS);
      for (const thread of workers.threads) void thread.terminate();
      const verdict = await check;
      assert.deepEqual(verdict, isBad ? { ...place(2000), error: "EVAL_FALSE" } : null);
      await workers.close();
    }
  });

  it("C21 a check that is cut short throws instead of passing", async () => {
    for (const threads of [1, 2]) {
      const workers = ScriptWorkers.start(threads);
      const { block, coins } = blockOf(20_000, SLOW);
      const check = workers.check(block, coins, MANDATORY_FLAGS);
      const refused = assert.rejects(check, CheckCancelled);
      await workers.close();
      await refused;
    }
  });

  it("counts threads as -par does", () => {
    assert.equal(ScriptWorkers.start(1).count, 0);
    assert.equal(ScriptWorkers.start(2).count, 2);
    assert.equal(ScriptWorkers.start(99).count, 15);
    assert.equal(ScriptWorkers.start(-999).count, 0);
  });
});
