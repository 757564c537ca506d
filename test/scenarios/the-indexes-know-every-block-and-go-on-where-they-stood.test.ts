import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Peer } from "@compeer/peer/peer";
import { blockTxid } from "@compeer/protocol/bitcoin/block";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { basicFilter, filterHash, filterHeader } from "@compeer/protocol/filters/basic-filter";

const directory = mkdtempSync(join(tmpdir(), "compeer-indexes-"));
after(() => rmSync(directory, { recursive: true }));

type Tip = Peer["chain"]["tip"];

const ANYONE = "raw(51)";
const OTHER = "raw(52)";
const OPTIONS = { par: 1, listen: 0, blockfilterindex: 1, coinstatsindex: 1, txindex: 1 };

interface FilterJson {
  readonly filter: string;
  readonly header: string;
}

/** Holds what the index says of every block of the chain against the block itself. */
async function checkFilters(peer: Peer): Promise<void> {
  let previous: Uint8Array = new Uint8Array(32);
  for (let height = 0; height <= peer.chain.tip.height; height++) {
    const node = peer.chain.at(height) as Tip;
    const block = await peer.chain.block(node);
    assert.ok(block);
    const spent = height === 0 ? null : await peer.chain.readSpent(node, block);
    const filter = basicFilter(block, spent);
    previous = filterHeader(filterHash(filter), previous);
    const said = (await peer.rpc("getblockfilter", formatHash(node.hash))) as FilterJson;
    assert.deepEqual(said, { filter: encodeHex(filter), header: formatHash(previous) });
  }
}

interface CoinSetJson {
  readonly muhash: string;
  readonly txouts: number;
  readonly total_amount: number;
  readonly bogosize: number;
}

/** Holds the figures that the index keeps against those of counting all coins. */
async function checkCoins(peer: Peer): Promise<void> {
  const kept = (await peer.rpc("gettxoutsetinfo", "muhash")) as CoinSetJson;
  const counted = (await peer.rpc("gettxoutsetinfo", "muhash", null, false)) as CoinSetJson;
  for (const field of ["muhash", "txouts", "total_amount", "bogosize"] as const)
    assert.equal(kept[field], counted[field], field);
}

async function synced(peer: Peer): Promise<void> {
  for (;;) {
    const info = (await peer.rpc("getindexinfo")) as Record<
      string,
      { synced: boolean; best_block_height: number }
    >;
    const all = Object.values(info);
    assert.equal(all.length, 3);
    const { height } = peer.chain.tip;
    if (all.every((each) => each.synced && each.best_block_height === height)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("the indexes", () => {
  it("know every block, also after a reorganisation", async () => {
    await using peer = await Peer.start({ options: OPTIONS });
    const old = (await peer.rpc("generatetodescriptor", 8, ANYONE)) as string[];
    await synced(peer);
    const left = (await peer.rpc("getblockfilter", old[6])) as FilterJson;
    await peer.rpc("invalidateblock", old[5]);
    await peer.rpc("generatetodescriptor", 6, OTHER);
    await synced(peer);
    await checkFilters(peer);
    await checkCoins(peer);
    assert.deepEqual(await peer.rpc("getblockfilter", old[6]), left, "also of a block that left");
  });

  it("find any transaction of the chain", async () => {
    await using peer = await Peer.start({ options: OPTIONS });
    await peer.rpc("generatetodescriptor", 5, ANYONE);
    await synced(peer);
    for (let height = 1; height <= 5; height++) {
      const block = await peer.chain.block(peer.chain.at(height) as Tip);
      assert.ok(block);
      const txid = formatHash(blockTxid(block, 0));
      const found = (await peer.rpc("getrawtransaction", txid, 1)) as {
        txid: string;
        blockhash: string;
        confirmations: number;
      };
      assert.equal(found.txid, txid);
      assert.equal(found.blockhash, formatHash(block.hash));
      assert.equal(found.confirmations, 6 - height);
    }
    await assert.rejects(peer.rpc("getrawtransaction", "11".repeat(32)), {
      message: /No such mempool or blockchain transaction/,
    });
  });

  it("go on where they stood, and catch up with what came without them", async () => {
    const start = (options: object): Promise<Peer> =>
      Peer.start({ dataDirectory: directory, options: { par: 1, listen: 0, ...options } });
    {
      await using peer = await start(OPTIONS);
      await peer.rpc("generatetodescriptor", 3, ANYONE);
      await synced(peer);
    }
    {
      await using peer = await start({});
      await peer.rpc("generatetodescriptor", 4, ANYONE);
      await assert.rejects(peer.rpc("getblockfilter", formatHash(peer.chain.tip.hash)), {
        message: "Index is not enabled for filtertype basic",
      });
    }
    await using peer = await start(OPTIONS);
    await synced(peer);
    assert.equal(peer.chain.tip.height, 7);
    await checkFilters(peer);
    await checkCoins(peer);
  });
});
