import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startMemoryNode } from "../testing/memory-node.ts";
import { mineBlocks } from "../testing/mine-block.ts";
import { RawPeer } from "../testing/raw-peer.ts";

const FULL = 2000;
const BLOCKS = 4500;
/** Each block of regtest has a work of two. */
const WANTED_WORK = 2n * 4100n;

describe("LowWorkSync", () => {
  it("stores no header before its chain has shown enough work, and all of them then (D07, D08)", async () => {
    const node = await startMemoryNode({}, { minimumChainWork: WANTED_WORK });
    node.clock.setMock(node.chain.tip.time + BLOCKS);
    const headers = mineBlocks(node.chain.tip, BLOCKS).map(({ header }) => header);
    const known = (): number => headers.filter(({ hash }) => node.chain.node(hash) !== null).length;
    const peer = await RawPeer.shakeHands(node.port, node.network.magic);
    const send = async (from: number): Promise<void> => {
      peer.send({ type: "headers", headers: headers.slice(from, from + FULL) });
      await peer.sync();
    };
    const presynced = (): number | undefined => node.net.peers()[0]?.presyncedHeaders;
    await send(BLOCKS - 10);
    peer.send({ type: "headers", headers: headers.slice(0, 10) });
    await peer.sync();
    assert.ok(node.lines.some((line) => /Ignoring low-work chain \(height=10\)/.test(line)));
    await send(0);
    assert.equal(presynced(), FULL);
    await send(FULL);
    assert.equal(presynced(), 2 * FULL);
    await send(2 * FULL);
    assert.equal(presynced(), -1);
    assert.equal(known(), 0);
    for (const from of [0, FULL, 2 * FULL]) await send(from);
    assert.equal(known(), BLOCKS);
    assert.deepEqual(node.chain.bestHeader.hash, headers.at(-1)?.hash);
    peer.close();
    await node.close();
  });
});
