import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { BlockNode } from "./block-node.ts";
import type { Chain } from "./chain.ts";
import type { ChainOptions } from "./chain-parts.ts";
import { mineBlock, mineChain, OP_TRUE, pointOf, spend } from "./testing/mine-block.ts";
import { TestDisk } from "./testing/test-disk.ts";

const OP_FALSE = Uint8Array.of(0x00);
/** Blocks that take two weeks and more. */
const FORTNIGHT = 2020;

/** A chain of old blocks whose last one spends what nobody can, and how it fared with `options`. */
async function submitUnspendable(
  assumed: boolean,
  above: number,
  inputs: number = 1,
  options: ChainOptions = {},
): Promise<{ chain: Chain; bad: Block; reason: string | undefined; disk: TestDisk }> {
  const disk = new TestDisk();
  const start = await disk.open();
  const base = mineChain(start.tip, 101, { outputs: inputs });
  const lock = lockAll(base, inputs);
  const bad = mineSpending(lock, pointOf(lock, 102));
  const later = mineChain(pointOf(bad, 103), above);
  await start.close();
  const assumeValid = assumed ? (later.at(-1)?.hash ?? bad.hash) : null;
  const chain = await disk.open({ assumeValid, ...options });
  chain.acceptHeaders([...base, lock, bad, ...later].map((block) => block.header));
  for (const block of [...base, lock]) await chain.submitBlock(block, { force: true });
  const { fault } = await chain.submitBlock(bad, { force: true });
  return { chain, bad, reason: fault?.reason, disk };
}

/** Moves a matured coinbase to scripts that fail. */
function lockAll(base: readonly Block[], count: number): Block {
  const first = base[0] as Block;
  const coins = Array.from({ length: count }, (_, index) => ({ txid: blockTxid(first, 0), index }));
  const values = new Array<number>(count).fill(1000);
  const transactions = [spend(coins, values, OP_FALSE)];
  return mineBlock(pointOf(base.at(-1) as Block, 101), { transactions });
}

function mineSpending(lock: Block, parent: ReturnType<typeof pointOf>): Block {
  const count = lock.transactions[1]?.outputCount as number;
  const txid = blockTxid(lock, 1);
  const coins = Array.from({ length: count }, (_, index) => ({ txid, index }));
  return mineBlock(parent, { transactions: [spend(coins, [1], OP_TRUE)] });
}

describe("-assumevalid", () => {
  it("skips the scripts of a block that is assumed valid and deep enough", async () => {
    const { chain, bad, reason } = await submitUnspendable(true, FORTNIGHT);
    assert.equal(reason, undefined);
    assert.deepEqual(chain.tip.hash, bad.hash);
    await chain.close();
  });

  it("checks scripts of a block that less than two weeks of work buries", async () => {
    const { chain, reason } = await submitUnspendable(true, FORTNIGHT - 20);
    assert.match(
      String(reason),
      /^block-script-verify-flag-failed \(Script evaluated without error/,
    );
    await chain.close();
  });

  it("checks them when the best headers have too little work", async () => {
    const { chain, reason } = await submitUnspendable(true, FORTNIGHT, 1, {
      minimumChainWork: 1n << 40n,
    });
    assert.match(String(reason), /^block-script-verify-flag-failed/);
    await chain.close();
  });

  it("checks all of them with -assumevalid=0", async () => {
    const { chain, disk, reason } = await submitUnspendable(false, FORTNIGHT);
    assert.match(String(reason), /^block-script-verify-flag-failed/);
    assert.ok(disk.hasLogged("block-script-verify-flag-failed"));
    await chain.close();
  });
});

describe("working ahead", () => {
  it("takes back a block whose scripts fail after its coins were applied", async () => {
    const { chain, bad, reason } = await submitUnspendable(false, 0, 100, { scriptThreads: 2 });
    assert.match(String(reason), /^block-script-verify-flag-failed/);
    assert.equal(chain.isInitialDownload, true);
    assert.equal(chain.tip.height, 102);
    assert.equal(await chain.coin(blockTxid(bad, 0), 0), null);
    assert.equal(await chain.verify(4, 0), true);
    await chain.submitBlock(mineBlock(chain.tip));
    assert.equal(chain.tip.height, 103);
    assert.equal(await chain.verify(4, 0), true);
    await chain.close();
  });

  it("answers about coins as of the tip while a block is pending", async () => {
    const disk = new TestDisk();
    const chain = await disk.open({ scriptThreads: 2 });
    const base = mineChain(chain.tip, 101, { outputs: 2000 });
    for (const block of base) await chain.submitBlock(block);
    const txid = blockTxid(base[0] as Block, 0);
    const coins = Array.from({ length: 2000 }, (_, index) => ({ txid, index }));
    const spending = mineBlock(chain.tip, { transactions: [spend(coins, [1])] });
    const next = mineBlock(pointOf(spending, 102));
    const submitted = [chain.submitBlock(spending), chain.submitBlock(next)];
    let seenAhead = 0;
    for (let done = false; !done; ) {
      const { tip } = chain;
      const coin = await chain.coin(txid, 7);
      const ahead = chain.coins.bestBlock;
      if (chain.tip === tip) {
        assert.equal(coin !== null, tip.height < 102);
        if (ahead !== null && chain.node(ahead) !== tip) seenAhead++;
      }
      done = (chain.tip as BlockNode).height === 103;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(seenAhead > 0, "the block was pending for a while");
    await Promise.all(submitted);
    await chain.close();
  });
});
