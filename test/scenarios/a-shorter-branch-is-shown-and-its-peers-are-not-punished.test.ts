import assert from "node:assert/strict";
import { it } from "node:test";
import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { Peer } from "@compeer/peer/peer";
import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { decodeHeader } from "@compeer/protocol/bitcoin/header";
import { type Caller, callerOf, until } from "../testing/peers.ts";

const SHORT = 6;
const LONG = 9;

interface ChainTip {
  readonly height: number;
  readonly hash: string;
  readonly branchlen: number;
  readonly status: string;
}

async function blocksOf(caller: Caller, count: number): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  for (let height = 1; height <= count; height++) {
    const hash = await caller.call<string>("getblockhash", height);
    blocks.push(Buffer.from(await caller.call<string>("getblock", hash, 0), "hex"));
  }
  return blocks;
}

it("C25 follows the most work, shows the other branch, and punishes nobody for valid headers of it", async () => {
  await using miner = await Peer.start();
  await using peer = await Peer.start();
  const [other, ours] = [callerOf(miner), callerOf(peer)];
  await other.call("generatetodescriptor", SHORT, "raw(52)");
  await ours.call("generatetodescriptor", LONG, "raw(51)");
  const tip = await ours.call<string>("getbestblockhash");
  const branch = await blocksOf(other, SHORT);
  const branchTip = await other.call<string>("getbestblockhash");
  const branchStatus = async (): Promise<ChainTip | undefined> =>
    (await ours.call<ChainTip[]>("getchaintips")).find(({ hash }) => hash === branchTip);

  const port = Number(peer.address?.split(":").at(-1));
  const raw = await RawPeer.shakeHands(port, peer.network.magic);
  for (let times = 0; times < 5; times++) {
    const headers = branch.map((block) => decodeHeader(block.subarray(0, 80)));
    raw.send({ type: "headers", headers });
    await raw.sync();
  }
  assert.equal(raw.isClosed, false);
  const { hash, height, branchlen, status } = (await branchStatus()) ?? {};
  assert.deepEqual([hash, height, branchlen], [branchTip, SHORT, SHORT]);
  assert.equal(status, "headers-only");
  assert.equal(await ours.call("getbestblockhash"), tip);

  // When it gets more work it is followed, from the very peer that spoke for it all along.
  await other.call("generatetodescriptor", LONG, "raw(52)");
  const longer = await blocksOf(other, SHORT + LONG);
  const headers = longer.map((block) => decodeHeader(block.subarray(0, 80)));
  raw.send({ type: "headers", headers });
  await raw.received("getdata");
  for (const block of longer) raw.send({ type: "block", block: decodeBlock(block) });
  const best = await other.call<string>("getbestblockhash");
  await until("the branch is followed", async () => (await ours.call("getbestblockhash")) === best);
  const tips = await ours.call<ChainTip[]>("getchaintips");
  assert.deepEqual(
    tips.map((each) => [each.hash, each.branchlen, each.status]),
    [
      [best, 0, "active"],
      [tip, LONG, "valid-fork"],
    ],
  );
  assert.equal(raw.isClosed, false);
  raw.close();
});
