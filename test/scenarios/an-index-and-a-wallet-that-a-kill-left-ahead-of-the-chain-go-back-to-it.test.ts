import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { freePort } from "../testing/free-port.ts";
import { KilledPeer } from "../testing/killed-peer.ts";
import { until } from "../testing/peers.ts";

const BLOCKS = 12;
/** Of the secret 1. */
const REWARD = "wpkh(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)";
const INDEXES = ["txindex", "coinstatsindex", "basic block filter index"];

const directory = mkdtempSync(join(tmpdir(), "compeer-ahead-"));
after(() => rmSync(directory, { recursive: true }));

/** While headers are ahead of the blocks, a clean stop leaves them on disk and a kill soon after it no more than them. */
it("indexes and a wallet that a kill left ahead of the chain go back to it and follow it again", async () => {
  const peer = new KilledPeer(directory, await freePort(), [
    "-listen=0",
    "-txindex",
    "-coinstatsindex",
    "-blockfilterindex",
  ]);
  const blocks = await mined();
  peer.start();
  await peer.ready();
  // Without secrets, and loaded at every start.
  await peer.call("createwallet", "purse", true, true, "", false, true, true);
  const { descriptor } = await peer.call<{ descriptor: string }>("getdescriptorinfo", REWARD);
  await peer.call("importdescriptors", [{ desc: descriptor, timestamp: 0 }]);
  for (const block of blocks) await peer.call("submitheader", block.slice(0, 160));
  const ended = peer.ended();
  await peer.call("stop");
  assert.equal((await ended).status, 0);

  peer.start();
  await peer.ready();
  for (const block of blocks) assert.equal(await peer.call("submitblock", block), null);
  await isFollowed(peer);
  await peer.kill();

  peer.start();
  await peer.ready();
  const { blocks: height, headers } = await peer.call<{ blocks: number; headers: number }>(
    "getblockchaininfo",
  );
  assert.deepEqual([height, headers], [0, BLOCKS]);
  for (const block of blocks) assert.equal(await peer.call("submitblock", block), null);
  await isFollowed(peer);
  await peer.kill();
});

/** Blocks as hex, with rewards for the wallet. */
async function mined(): Promise<string[]> {
  const miner = new KilledPeer(mkdtempSync(join(directory, "miner-")), await freePort(), [
    "-listen=0",
  ]);
  miner.start();
  await miner.ready();
  const hashes = await miner.call<string[]>("generatetodescriptor", BLOCKS, REWARD);
  const blocks = await Promise.all(hashes.map((hash) => miner.call<string>("getblock", hash, 0)));
  await miner.kill();
  return blocks;
}

async function isFollowed(peer: KilledPeer): Promise<void> {
  await until("all indexes have come to the tip", async () => {
    const info = await peer.call<Record<string, { best_block_height: number }>>("getindexinfo");
    return INDEXES.every((name) => info[name]?.best_block_height === BLOCKS);
  });
  await until("the wallet has seen every reward", async () => {
    const { txcount, lastprocessedblock } = await peer.call<{
      txcount: number;
      lastprocessedblock: { height: number };
    }>("getwalletinfo");
    return txcount === BLOCKS && lastprocessedblock.height === BLOCKS;
  });
}
