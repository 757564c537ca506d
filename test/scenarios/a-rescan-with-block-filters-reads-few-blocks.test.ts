import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Peer } from "@compeer/peer/peer";

const BLOCKS = 30;
const ANYONE = "raw(51)";

/** A peer whose blocks 5 and 20 pay to its wallet; the wallet has forgotten them. */
async function forgetful(options: Record<string, number>, dataDirectory?: string): Promise<Peer> {
  if (dataDirectory !== undefined) await mkdir(dataDirectory);
  const peer = await Peer.start({
    options: { par: 1, keypool: 3, ...options },
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
  });
  await peer.rpc("createwallet", "mine");
  const address = await peer.rpc("getnewaddress");
  await peer.rpc("generatetodescriptor", 4, ANYONE);
  await peer.rpc("generatetoaddress", 1, address);
  await peer.rpc("generatetodescriptor", 14, ANYONE);
  await peer.rpc("generatetoaddress", 1, address);
  await peer.rpc("generatetodescriptor", BLOCKS - 20, ANYONE);
  return peer;
}

/** Blocks that were read while the chain was scanned for another wallet with the same keys. */
async function rescan(peer: Peer): Promise<{ heights: number[]; read: number }> {
  const { descriptors } = (await peer.rpc("listdescriptors", true)) as {
    descriptors: readonly { desc: string; active: boolean; internal: boolean }[];
  };
  await peer.rpc("unloadwallet", "mine");
  await peer.rpc("createwallet", "again", false, true);
  const wishes = descriptors.map(({ desc, active, internal }) => ({
    ...{ desc, active, internal },
    timestamp: "now",
  }));
  await peer.rpc("importdescriptors", wishes);
  const read = countReads(peer);
  assert.deepEqual(await peer.rpc("rescanblockchain", 0), { start_height: 0, stop_height: BLOCKS });
  const transactions = (await peer.rpc("listtransactions", "*", 100)) as {
    readonly blockheight: number;
  }[];
  return {
    heights: transactions.map(({ blockheight }) => blockheight).sort((a, b) => a - b),
    read: read(),
  };
}

/** Blocks that are read from now on. */
function countReads(peer: Peer): () => number {
  const block = peer.chain.block.bind(peer.chain);
  let read = 0;
  peer.chain.block = (node) => {
    read++;
    return block(node);
  };
  return () => read;
}

async function isIndexed(peer: Peer): Promise<boolean> {
  const indexes = (await peer.rpc("getindexinfo")) as { [name: string]: { synced: boolean } };
  return Object.values(indexes).every(({ synced }) => synced);
}

/** Loads a wallet that was closed while one block of many paid to it. */
async function reload(peer: Peer): Promise<{ balance: unknown; read: number }> {
  const address = await peer.rpc("getnewaddress");
  await peer.rpc("unloadwallet", "mine");
  await peer.rpc("generatetodescriptor", BLOCKS, ANYONE);
  await peer.rpc("generatetoaddress", 1, address);
  await peer.rpc("generatetodescriptor", BLOCKS, ANYONE);
  while (!(await isIndexed(peer))) await setTimeout(10);
  const read = countReads(peer);
  await peer.rpc("loadwallet", "mine");
  const { mine } = (await peer.rpc("getbalances")) as { mine: { immature: unknown } };
  return { balance: mine.immature, read: read() };
}

describe("a rescan with block filters", () => {
  it("finds what one without them finds, and reads few blocks", async () => {
    await using plain = await forgetful({});
    const all = await rescan(plain);
    await using indexed = await forgetful({ blockfilterindex: 1 });
    const some = await rescan(indexed);
    assert.deepEqual(all.heights, [5, 20]);
    assert.deepEqual(some.heights, all.heights);
    assert.ok(all.read > BLOCKS, `${all.read} blocks`);
    assert.ok(some.read < 6, `${some.read} blocks`);
  });

  it("is how a wallet catches up that was closed for long", async () => {
    const directory = await mkdtemp(join(tmpdir(), "compeer-filters-"));
    try {
      await using plain = await forgetful({}, join(directory, "plain"));
      const all = await reload(plain);
      await using indexed = await forgetful({ blockfilterindex: 1 }, join(directory, "indexed"));
      const some = await reload(indexed);
      assert.deepEqual(some.balance, all.balance);
      assert.ok(all.read > 2 * BLOCKS, `${all.read} blocks`);
      assert.ok(some.read < 4, `${some.read} blocks`);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
