import assert from "node:assert/strict";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { BlockNode } from "@compeer/peer/chain/block-node";
import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { Peer } from "@compeer/peer/peer";
import { MSG_WITNESS_BLOCK } from "@compeer/protocol/wire/inventory";
import { addressOf, callerOf, sameLedger, until } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";

const root = mkdtempSync(join(tmpdir(), "compeer-rot-"));
after(() => rmSync(root, { recursive: true }));
const HEIGHT = 112;
const options = { whitelist: "noban@127.0.0.1", par: 1 };

describe("a block that rotted on disk", () => {
  it("while the peer runs is refused to who asks, and whole again when another peer is there", async () => {
    await using healthy = await Peer.start({ options });
    const directory = mkdtempSync(join(root, "running-"));
    await using rotten = await Peer.start({ dataDirectory: directory, options });
    const node = await grow(healthy, rotten);
    const { raw: whole } = (await healthy.chain.block(node)) as { raw: Uint8Array };
    healthy.net.disconnect(addressOf(rotten));
    await until("the peer is alone", () => rotten.net.peers().length === 0);

    flip(directory, node, 200);
    const asking = await RawPeer.shakeHands(portOf(rotten), rotten.network.magic);
    await asksInVain(asking, node);
    await assert.rejects(rotten.rpc("getblock", hex(node)), /Block not available/);
    const again = await RawPeer.shakeHands(portOf(rotten), rotten.network.magic);
    await asksInVain(again, node);

    await healthy.net.connectTo(addressOf(rotten), "manual");
    await until("the block is back", () => at(rotten, HEIGHT).haveData);
    assert.deepEqual(await rotten.chain.readBlock(at(rotten, HEIGHT)), whole);
    const served = await RawPeer.shakeHands(portOf(rotten), rotten.network.magic);
    served.send({ type: "getdata", items: [{ kind: MSG_WITNESS_BLOCK, hash: node.hash }] });
    assert.deepEqual((await served.received("block")).block.raw, whole);
    served.close();
    await undoAndRedo(rotten, HEIGHT - 1);
    await sameLedger(callerOf(healthy), callerOf(rotten));
  });

  it("while the peer was stopped is fetched again, even after one more stop", async () => {
    await using healthy = await Peer.start({ options });
    const directory = mkdtempSync(join(root, "stopped-"));
    const position = await stopAfterGrowth(healthy, directory);
    flip(directory, position, 120);
    {
      await using alone = await Peer.start({ dataDirectory: directory, options });
      await assert.rejects(alone.rpc("getblock", hex(position)), /Block not found on disk/);
      await assert.rejects(alone.rpc("getblock", hex(position)), /Block not available/);
    }
    const withPeer = { ...options, addnode: addressOf(healthy) };
    await using back = await Peer.start({ dataDirectory: directory, options: withPeer });
    await until("the block is back", () => at(back, HEIGHT).haveData);
    await back.rpc("getblock", hex(position));
    assert.equal(await back.rpc("verifychain", 4, 0), true);
    await undoAndRedo(back, HEIGHT - 1);
    await sameLedger(callerOf(healthy), callerOf(back));
  });

  it("at the tip is fetched again before the chain leaves it for a better branch", async () => {
    await using healthy = await Peer.start({ options });
    await using other = await Peer.start({ options });
    const directory = mkdtempSync(join(root, "reorganising-"));
    await using rotten = await Peer.start({ dataDirectory: directory, options });
    await grow(healthy, rotten);
    const { tip } = rotten.chain;
    await other.net.connectTo(addressOf(healthy), "manual");
    await sameLedger(callerOf(healthy), callerOf(other));
    other.net.setActive(false);
    await other.rpc("invalidateblock", hex(tip));
    await other.rpc("generatetodescriptor", 2, "raw(51)");

    flip(directory, tip, 100);
    other.net.setActive(true);
    await other.net.connectTo(addressOf(healthy), "manual");
    await sameLedger(callerOf(other), callerOf(healthy), callerOf(rotten));
    const log = readFileSync(rotten.log.path as string, "utf8");
    assert.match(log, /cannot be disconnected before it is fetched again/);
  });
});

/** A chain with payments, on both; the block that is to rot. */
async function grow(healthy: Peer, other: Peer): Promise<BlockNode> {
  const purse = new Purse(healthy);
  await purse.mine(HEIGHT - 1);
  await purse.fill();
  for (let i = 0; i < 5; i++) await purse.pay(3);
  await purse.mine(10);
  await healthy.net.connectTo(addressOf(other), "manual");
  await sameLedger(callerOf(healthy), callerOf(other));
  return at(other, HEIGHT);
}

async function stopAfterGrowth(healthy: Peer, directory: string): Promise<BlockNode> {
  await using peer = await Peer.start({ dataDirectory: directory, options });
  return await grow(healthy, peer);
}

/** Neither the block nor anything like it comes; the connection may end. */
async function asksInVain(peer: RawPeer, node: BlockNode): Promise<void> {
  peer.send({ type: "getdata", items: [{ kind: MSG_WITNESS_BLOCK, hash: node.hash }] });
  await Promise.race([peer.sync().catch(() => undefined), peer.closed()]);
  assert.equal(peer.count("block"), 0);
  peer.close();
}

/** Takes the chain down to below the block and up again, so that its undo data is needed. */
async function undoAndRedo(peer: Peer, height: number): Promise<void> {
  const first = hex(at(peer, height));
  await peer.rpc("invalidateblock", first);
  assert.equal(peer.chain.tip.height, height - 1);
  await peer.rpc("reconsiderblock", first);
}

function at(peer: Peer, height: number): BlockNode {
  const node = peer.chain.at(height);
  if (node === null) throw new Error(`no block at ${height}`);
  return node;
}

function hex(node: BlockNode): string {
  return Buffer.from(node.hash).reverse().toString("hex");
}

function portOf(peer: Peer): number {
  return Number(addressOf(peer).split(":")[1]);
}

/** Turns over one bit of the block's `byte`. */
function flip(directory: string, { file, dataOffset }: BlockNode, byte: number): void {
  const name = `blk${String(file).padStart(5, "0")}.dat`;
  const fd = openSync(join(directory, "regtest", "blocks", name), "r+");
  const one = Buffer.alloc(1);
  readSync(fd, one, 0, 1, dataOffset + byte);
  writeSync(fd, Buffer.of((one[0] as number) ^ 4), 0, 1, dataOffset + byte);
  closeSync(fd);
}
