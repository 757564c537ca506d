import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Block, blockTxid, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { Writer } from "@compeer/protocol/bytes/writer";
import type { BlockNode } from "./block-node.ts";
import type { Chain } from "./chain.ts";
import { mineBlock, mineChain, pointOf, spend } from "./testing/mine-block.ts";
import { TestDisk } from "./testing/test-disk.ts";

const COIN = 50_0000_0000;

describe("Chain", () => {
  it("stands at the genesis block when it is new, and its output is no coin", async () => {
    const chain = await new TestDisk().open();
    assert.equal(chain.tip.height, 0);
    assert.deepEqual(chain.tip.hash, chain.network.genesisHash);
    const genesis = decodeBlock(chain.network.genesis);
    assert.equal(await chain.coin(blockTxid(genesis, 0), 0), null);
    await chain.close();
  });

  it("connects blocks in order and tells of each", async () => {
    const chain = await new TestDisk().open();
    const events = record(chain);
    const blocks = mineChain(chain.tip, 3);
    for (const block of blocks) assert.equal((await chain.submitBlock(block)).fault, null);
    assert.equal(chain.tip.height, 3);
    assert.deepEqual(events, ["+1", "tip 1", "+2", "tip 2", "+3", "tip 3"]);
    assert.equal(chain.at(2), nodeOf(chain, blocks[1]));
    assert.equal((await chain.coin(coinbaseId(blocks[0]), 0))?.value, COIN);
    await chain.close();
  });

  it("connects blocks that come in any order once the gap is closed", async () => {
    const chain = await new TestDisk().open();
    const blocks = mineChain(chain.tip, 8);
    chain.acceptHeaders(blocks.map((block) => block.header));
    const late = blocks.slice(1).reverse();
    for (const block of late)
      assert.equal((await chain.submitBlock(block, { force: true })).isNew, true);
    assert.equal(chain.tip.height, 0);
    await chain.submitBlock(blocks[0] as Block);
    assert.equal(chain.tip.height, 8);
    await chain.close();
  });

  it("answers for each of many blocks that are submitted at once", async () => {
    const chain = await new TestDisk().open();
    const blocks = mineChain(chain.tip, 50);
    const verdicts = await Promise.all(blocks.map((block) => chain.submitBlock(block)));
    assert.ok(verdicts.every(({ fault, isNew }) => fault === null && isNew));
    assert.equal(chain.tip.height, 50);
    await chain.close();
  });

  it("says that a block is not new when it comes again", async () => {
    const chain = await new TestDisk().open();
    const block = mineBlock(chain.tip);
    await chain.submitBlock(block);
    assert.deepEqual(await chain.submitBlock(block), {
      node: chain.tip,
      fault: null,
      isNew: false,
    });
    await chain.close();
  });

  it("refuses a block whose parent it does not know", async () => {
    const chain = await new TestDisk().open();
    const [, second] = mineChain(chain.tip, 2);
    const { fault } = await chain.submitBlock(second as Block);
    assert.equal(fault?.reason, "prev-blk-not-found");
    await chain.close();
  });

  it("stores an unasked block only where it leads and is not too far ahead", async () => {
    const chain = await new TestDisk().open();
    const main = mineChain(chain.tip, 3);
    for (const block of main) await chain.submitBlock(block);
    const weak = mineBlock(chain.at(0) as BlockNode, { tag: 9 });
    assert.equal((await chain.submitBlock(weak)).isNew, false);
    assert.equal((await chain.submitBlock(weak, { force: true })).isNew, true);
    const far = mineChain(chain.tip, 300);
    chain.acceptHeaders(far.map((block) => block.header));
    assert.equal((await chain.submitBlock(far[288] as Block)).isNew, false);
    assert.equal((await chain.submitBlock(far[287] as Block)).isNew, true);
    await chain.close();
  });

  it("moves to a longer branch and back, coins and all, at any depth", async () => {
    for (const depth of [1, 2, 7]) {
      const chain = await new TestDisk().open();
      const a = mineChain(chain.tip, depth, { tag: 1 });
      const b = mineChain(chain.tip, depth + 1, { tag: 2 });
      const c = mineChain(pointOf(a[depth - 1] as Block, depth), 2, { tag: 3 });
      for (const block of [...a, ...b]) await chain.submitBlock(block, { force: true });
      assert.equal(chain.tip, nodeOf(chain, b.at(-1)));
      assert.equal(await chain.coin(coinbaseId(a[0]), 0), null);
      assert.equal((await chain.coin(coinbaseId(b[0]), 0))?.height, 1);
      for (const block of c) await chain.submitBlock(block, { force: true });
      assert.equal(chain.tip, nodeOf(chain, c.at(-1)));
      assert.equal((await chain.coin(coinbaseId(a[0]), 0))?.height, 1);
      assert.equal(await chain.coin(coinbaseId(b[0]), 0), null);
      assert.equal(await chain.verify(4, 0), true);
      await chain.close();
    }
  });

  it("tells of a reorganisation in order and names the tip once", async () => {
    const chain = await new TestDisk().open();
    const a = mineChain(chain.tip, 2, { tag: 1 });
    const b = mineChain(chain.tip, 3, { tag: 2 });
    for (const block of [...a, ...b.slice(0, 2)]) await chain.submitBlock(block, { force: true });
    const events = record(chain);
    await chain.submitBlock(b[2] as Block);
    assert.deepEqual(events, ["-2", "-1", "+1", "+2", "+3", "tip 3"]);
    await chain.close();
  });

  it("keeps the branch whose block came first when both have the same work", async () => {
    const chain = await new TestDisk().open();
    const first = mineBlock(chain.tip, { tag: 1 });
    const second = mineBlock(chain.tip, { tag: 2 });
    chain.acceptHeaders([second.header]);
    await chain.submitBlock(first);
    await chain.submitBlock(second);
    assert.equal(chain.tip, nodeOf(chain, first));
    assert.deepEqual(new Set(chain.tips()), new Set([first, second].map((b) => nodeOf(chain, b))));
    await chain.close();
  });

  it("returns to its old branch when the better one turns out to be invalid", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const a = mineChain(chain.tip, 2, { tag: 1 });
    const bad = mineBlock(chain.tip, { tag: 2, coinbaseValue: COIN + 1 });
    const above = mineChain(pointOf(bad, 1), 2, { tag: 2 });
    for (const block of [...a, bad]) await chain.submitBlock(block, { force: true });
    await chain.submitBlock(above[0] as Block, { force: true });
    const events = record(chain);
    await chain.submitBlock(above[1] as Block, { force: true });
    assert.equal(chain.tip, nodeOf(chain, a[1]));
    assert.deepEqual(events, ["-2", "-1", "bad-cb-amount", "+1", "+2"]);
    assert.equal(chain.node(bad.hash)?.isFailed, true);
    assert.equal(nodeOf(chain, above[1]).isFailed, true);
    assert.equal(chain.bestHeader, chain.tip);
    assert.equal(chain.bestInvalid, nodeOf(chain, above[1]));
    assert.ok(disk.hasLogged("bad-cb-amount"));
    await chain.close();
  });

  it("names the rule that a refused block breaks, to the sender and in the log", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const bad = mineBlock(chain.tip, { coinbaseValue: COIN + 1 });
    const { fault, isNew } = await chain.submitBlock(bad);
    assert.equal(fault?.reason, "bad-cb-amount");
    assert.equal(isNew, true);
    assert.ok(disk.hasLogged("bad-cb-amount"));
    const again = await chain.submitBlock(bad);
    assert.equal(again.fault?.reason, "duplicate-invalid");
    const child = mineBlock(pointOf(bad, 1));
    assert.equal((await chain.submitBlock(child)).fault?.reason, "bad-prevblk");
    await chain.close();
  });

  it("C07 accepts the good block after a mutated copy of it was refused", async () => {
    const chain = await new TestDisk().open();
    const base = mineChain(chain.tip, 101);
    for (const block of base) await chain.submitBlock(block);
    const payment = spend([{ txid: coinbaseId(base[0]), index: 0 }], [COIN]);
    const child = spend([{ txid: idOf(payment), index: 0 }], [COIN]);
    const good = mineBlock(chain.tip, { transactions: [payment, child] });
    const mutated = withTransactions(good, [...rawsOf(good), child]);
    assert.deepEqual(mutated.hash, good.hash);
    assert.equal((await chain.submitBlock(mutated)).fault?.reason, "bad-txns-duplicate");
    assert.equal((await chain.submitBlock(good)).fault, null);
    assert.deepEqual(chain.tip.hash, good.hash);
    await chain.close();
  });

  it("C11 refuses a block in which a transaction spends one coin twice (CVE-2018-17144)", async () => {
    const chain = await new TestDisk().open();
    const base = mineChain(chain.tip, 101);
    for (const block of base) await chain.submitBlock(block);
    const old = { txid: coinbaseId(base[0]), index: 0 };
    const split = spend([old], [COIN / 2, COIN / 2]);
    const inside = { txid: idOf(split), index: 0 };
    for (const transactions of [
      [spend([old, old], [2 * COIN])],
      [split, spend([inside, inside], [COIN])],
    ]) {
      const { fault } = await chain.submitBlock(mineBlock(chain.tip, { transactions }));
      assert.equal(fault?.reason, "bad-txns-inputs-duplicate");
    }
    for (const transactions of [
      [spend([old], [1]), spend([old], [2])],
      [split, spend([inside], [1]), spend([inside], [2])],
    ]) {
      const { fault } = await chain.submitBlock(mineBlock(chain.tip, { transactions }));
      assert.equal(fault?.reason, "bad-txns-inputs-missingorspent");
    }
    assert.equal(chain.tip.height, 101);
    await chain.close();
  });

  it("C26 accepts in a block what no relay policy would", async () => {
    const chain = await new TestDisk().open();
    const base = mineChain(chain.tip, 101);
    for (const block of base) await chain.submitBlock(block);
    // Bare OP_TRUE, dust, no fee and a future version: all of it valid.
    const coin = { txid: coinbaseId(base[0]), index: 0 };
    const odd = spend([coin], [1, COIN - 1]);
    odd[0] = 99;
    const { fault } = await chain.submitBlock(mineBlock(chain.tip, { transactions: [odd] }));
    assert.equal(fault, null);
    await chain.close();
  });

  it("says what a block would do on the tip and changes nothing", async () => {
    const chain = await new TestDisk().open();
    const good = mineBlock(chain.tip);
    const bad = mineBlock(chain.tip, { coinbaseValue: COIN + 1 });
    assert.equal(await chain.testBlock(good), null);
    assert.equal((await chain.testBlock(bad))?.reason, "bad-cb-amount");
    await chain.submitBlock(good);
    assert.equal((await chain.testBlock(bad))?.reason, "inconclusive-not-best-prevblk");
    assert.equal(chain.node(bad.hash), null);
    await chain.close();
  });

  it("goes on with other jobs between the blocks it connects", async () => {
    const chain = await new TestDisk().open();
    const blocks = mineChain(chain.tip, 30);
    const all = blocks.map((block) => chain.submitBlock(block));
    const heights: number[] = [];
    for (let i = 0; i < 3; i++) heights.push(await chain.exclusive(() => chain.tip.height));
    assert.ok((heights[2] as number) < 30);
    await Promise.all(all);
    assert.equal(chain.tip.height, 30);
    await chain.close();
  });
});

function record(chain: Chain): string[] {
  const events: string[] = [];
  chain.blockConnected.on(({ node }) => events.push(`+${node.height}`));
  chain.blockDisconnected.on(({ node }) => events.push(`-${node.height}`));
  chain.tipChanged.on((node) => events.push(`tip ${node.height}`));
  chain.blockChecked.on(({ fault }) => {
    if (fault !== null) events.push(fault.reason);
  });
  return events;
}

function nodeOf(chain: Chain, block: Block | undefined): BlockNode {
  return chain.node((block as Block).hash) as BlockNode;
}

function coinbaseId(block: Block | undefined): Uint8Array {
  return blockTxid(block as Block, 0);
}

function idOf(raw: Uint8Array): Uint8Array {
  return transactionId(parseTransaction(raw));
}

function rawsOf(block: Block): Uint8Array[] {
  return block.transactions.map((tx) => tx.raw);
}

/** The block with the same header and other transactions. */
function withTransactions(block: Block, raws: readonly Uint8Array[]): Block {
  const count = new Writer(9).compactSize(raws.length).finish();
  return decodeBlock(concatBytes(block.header.raw, count, ...raws));
}
