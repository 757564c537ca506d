import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Block } from "@compeer/protocol/bitcoin/block";
import { decodeHeader } from "@compeer/protocol/bitcoin/header";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import {
  decodeBlockTransactionsRequest,
  encodeBlockTransactions,
} from "@compeer/protocol/wire/block-transactions";
import { decodeCompactBlock, encodeCompactBlock } from "@compeer/protocol/wire/compact-block";
import { MSG_CMPCT_BLOCK, MSG_WITNESS_BLOCK } from "@compeer/protocol/wire/inventory";
import { draft, type Spend } from "../../mempool/testing/ledger.ts";
import { type MemoryNode, startMemoryNode } from "../testing/memory-node.ts";
import { type MineOn, mineBlock } from "../testing/mine-block.ts";
import { RawPeer } from "../testing/raw-peer.ts";

const REWARD = 50e8;
const COINS = 8;

describe("CompactIntake", () => {
  let node: MemoryNode;
  /** Of another process, as it were: the node has to dial it. */
  let other: MemoryNode;
  const coins: Spend[] = [];
  const open: RawPeer[] = [];
  const logged = (pattern: RegExp): boolean => node.lines.some((line) => pattern.test(line));
  const hello = async (): Promise<RawPeer> => {
    const peer = await RawPeer.shakeHands(node.port, node.network.magic);
    peer.send({ type: "sendcmpct", highBandwidth: true, version: 2n });
    peer.send({ type: "headers", headers: [decodeHeader(node.chain.tip.header)] });
    await peer.sync();
    open.push(peer);
    return peer;
  };
  /** A block on the tip with a transaction that no mempool knows. */
  const secretBlock = (): Block & MineOn => {
    const secret = draft([coins.pop() as Spend], [REWARD - 1000], { witness: [] });
    return mineBlock(node.chain.tip, { transactions: [secret] });
  };
  const reaches = async (block: Block): Promise<void> => {
    const until = Date.now() + 20_000;
    while (node.chain.node(block.hash) !== node.chain.tip) {
      assert.ok(Date.now() < until, "the block did not arrive");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  before(async () => {
    node = await startMemoryNode();
    other = await startMemoryNode();
    for (const each of [node, other]) each.clock.setMock(node.chain.tip.time + 500);
    for (let i = 0; i < 100 + COINS; i++) {
      const block = mineBlock(node.chain.tip, { reward: REWARD });
      await Promise.all([node, other].map(({ chain }) => chain.submitBlock(block)));
      if (i < COINS) coins.push({ txid: block.txids.slice(0, 32), index: 0 });
    }
  });

  after(async () => {
    for (const peer of open) peer.close();
    await node.close();
    await other.close();
  });

  it("fetches a new block as a compact one, and what it lacks of it, once (D09, CVE-2024-35202)", async () => {
    const peer = await hello();
    const block = secretBlock();
    peer.send({ type: "headers", headers: [block.header] });
    const { items } = await peer.received("getdata");
    assert.deepEqual(items, [{ kind: MSG_CMPCT_BLOCK, hash: block.hash }]);
    peer.sendPayload("cmpctblock", encodeCompactBlock(block, 1n));
    const { payload } = await peer.received("getblocktxn");
    assert.deepEqual(decodeBlockTransactionsRequest(payload), { hash: block.hash, positions: [1] });
    const answer = transactionsOf(block, [1]);
    peer.sendPayload("blocktxn", answer);
    await peer.sync();
    assert.deepEqual(node.chain.tip.hash, block.hash);
    peer.sendPayload("blocktxn", answer);
    await peer.sync();
    assert.ok(logged(/sent us block transactions for block we weren't expecting/));
    assert.equal(peer.count("sendcmpct"), 2, "the quick one is asked for new blocks at once");
  });

  it("asks for the whole block when the parts do not fit, and sends away who sends parts again (D09)", async () => {
    const [peer, honest] = [await hello(), await hello()];
    const block = secretBlock();
    peer.sendPayload("cmpctblock", encodeCompactBlock(block, 1n));
    await peer.received("getblocktxn");
    const wrong = transactionsOf(block, [0]);
    peer.sendPayload("blocktxn", wrong);
    const { items } = await peer.received("getdata");
    assert.deepEqual(items, [{ kind: MSG_WITNESS_BLOCK, hash: block.hash }]);
    peer.sendPayload("blocktxn", wrong);
    await peer.closed();
    assert.ok(logged(/previous compact block reconstruction attempt failed/));
    honest.send({ type: "block", block });
    await honest.sync();
    assert.deepEqual(node.chain.tip.hash, block.hash);
  });

  it("sends away who leaves gaps, sends too few or too many parts", async () => {
    const block = secretBlock();
    for (const positions of [[], [1, 1]]) {
      const peer = await hello();
      peer.sendPayload("cmpctblock", encodeCompactBlock(block, 1n));
      await peer.received("getblocktxn");
      peer.sendPayload("blocktxn", transactionsOf(block, positions));
      await peer.closed();
    }
    assert.ok(logged(/invalid compact block\/non-matching block transactions/));
  });

  it("does not blame who passes on a block that breaks a rule: it need not have checked it", async () => {
    const peer = await hello();
    const block = mineBlock(node.chain.tip, { reward: 51e8 });
    peer.sendPayload("cmpctblock", encodeCompactBlock(block, 1n));
    await peer.sync();
    assert.equal(node.chain.node(block.hash)?.isFailed, true);
    assert.ok(logged(/invalid block: bad-cb-amount/));
  });

  it("announces a new block as a compact one before it is connected", async () => {
    const peer = await hello();
    const block = mineBlock(node.chain.tip);
    await node.chain.submitBlock(block);
    const { payload } = await peer.received("cmpctblock");
    assert.deepEqual(decodeCompactBlock(payload).header.hash, block.hash);
    assert.equal(peer.count("headers") + peer.count("inv"), 0);
  });

  it("serves parts of the last ten blocks and sends deeper ones whole", async () => {
    const peer = await hello();
    const ask = (depth: number): Uint8Array => {
      const { hash } = node.chain.tip.ancestor(node.chain.tip.height - depth) ?? node.chain.tip;
      const request = new Uint8Array([...hash, 1, 0]);
      peer.sendPayload("getblocktxn", request);
      return hash;
    };
    const near = ask(10);
    await peer.sync();
    assert.deepEqual((await peer.received("blocktxn")).payload.slice(0, 32), near);
    const deep = ask(11);
    await peer.sync();
    assert.deepEqual((await peer.received("block")).block.hash, deep);
    peer.sendPayload("getblocktxn", new Uint8Array([...deep, 1, 9]));
    await peer.sync();
    peer.sendPayload("getblocktxn", new Uint8Array([...near, 1, 9]));
    await peer.closed();
    assert.ok(logged(/getblocktxn with out-of-bounds tx indices/));
  });

  it("is not kept from a block by three who announce it and are silent (P04, CVE-2024-52922)", async () => {
    await node.net.connectTo(`127.0.0.1:${other.port}`);
    for (let height = other.chain.tip.height + 1; height <= node.chain.tip.height; height++) {
      const raw = await node.chain.block(node.chain.tip.ancestor(height) ?? node.chain.tip);
      await other.chain.submitBlock(raw as Block);
    }
    const first = mineBlock(node.chain.tip, { salt: 7 });
    while (node.net.connectionCount.outbound === 0 || !node.net.peers().some(isReady))
      await new Promise((resolve) => setTimeout(resolve, 10));
    await other.chain.submitBlock(first);
    await reaches(first);
    const silent = [await hello(), await hello(), await hello()];
    const block = secretBlock();
    const started = performance.now();
    for (const peer of silent) peer.sendPayload("cmpctblock", encodeCompactBlock(block, 1n));
    await Promise.all(silent.map((peer) => peer.sync()));
    assert.equal(silent[0]?.count("getblocktxn"), 1);
    await other.chain.submitBlock(block);
    await reaches(block);
    assert.ok(performance.now() - started < 5000);
  });
});

function isReady({
  isInbound,
  syncedHeaders,
}: {
  isInbound: boolean;
  syncedHeaders: number;
}): boolean {
  return !isInbound && syncedHeaders > 0;
}

/** A blocktxn of these transactions of a block. */
function transactionsOf(block: Block, positions: readonly number[]): Uint8Array {
  const transactions = positions.map((i) => block.transactions[i] as TransactionView);
  return encodeBlockTransactions({ hash: block.hash, transactions });
}
