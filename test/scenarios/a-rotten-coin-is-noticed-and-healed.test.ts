import assert from "node:assert/strict";
import {
  closeSync,
  existsSync,
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
import { Peer } from "@compeer/peer/peer";
import { coinKey } from "@compeer/peer/storage/coin-key";
import { CoinStore } from "@compeer/peer/storage/coin-store";
import { openLevelStore } from "@compeer/peer/storage/level-store";
import { addressOf, callerOf, sameLedger, until } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";

const root = mkdtempSync(join(tmpdir(), "compeer-coins-"));
after(() => rmSync(root, { recursive: true }));
const options = { par: 1 };
const HEIGHT = 105;

describe("a coin that rotted on disk", () => {
  it("stops the peer when a block spends it, and is whole after the next start, as are rotten blocks", async () => {
    await using healthy = await Peer.start({ options });
    const purse = new Purse(healthy);
    await purse.mine(HEIGHT);
    const dataDirectory = mkdtempSync(join(root, "spent-"));
    const place = await follow(healthy, dataDirectory);
    await rotCoins(dataDirectory, 1);
    await purse.fill();
    await purse.pay(3);
    await purse.mine(1);
    {
      await using victim = await Peer.start({ dataDirectory, options });
      await victim.net.connectTo(addressOf(healthy), "manual");
      const failure = await victim.stopRequest;
      assert.match(failure?.message ?? "", /Start again: they will be built anew/);
      assert.equal(victim.chain.tip.height, HEIGHT, "nothing rests on the coin");
      assert.match(
        victim.startWarnings.concat(await warningsOf(victim)).join(),
        /will be built anew/,
      );
      assert.ok(existsSync(markOf(dataDirectory)));
    }
    flip(dataDirectory, place);
    await using healed = await Peer.start({ dataDirectory, options });
    assert.equal(existsSync(markOf(dataDirectory)), false);
    await healed.net.connectTo(addressOf(healthy), "manual");
    await until("all blocks are back", () => healed.chain.tip.height === HEIGHT + 1);
    await sameLedger(callerOf(healthy), callerOf(healed));
  });

  it("is never told to who asks for it, and the peer says what to do", async () => {
    await using healthy = await Peer.start({ options });
    await new Purse(healthy).mine(HEIGHT);
    const dataDirectory = mkdtempSync(join(root, "asked-"));
    await follow(healthy, dataDirectory);
    const txid = await rotCoins(dataDirectory, 2);
    {
      await using victim = await Peer.start({ dataDirectory, options });
      await assert.rejects(victim.rpc("gettxout", txid, 0));
      assert.match((await warningsOf(victim)).join(), /damaged.*Start again/);
      await assert.rejects(victim.rpc("gettxoutsetinfo"));
      const report = (await victim.rpc("auditpeers")) as { outcome: string; says: string[] };
      assert.equal(report.outcome, "damaged");
      assert.match(report.says.join(), /Start again: they will be built anew/);
    }
    await using healed = await Peer.start({ dataDirectory, options });
    await until("all blocks are connected", () => healed.chain.tip.height === HEIGHT);
    assert.ok(await healed.rpc("gettxout", txid, 0));
    await healed.net.connectTo(addressOf(healthy), "manual");
    await sameLedger(callerOf(healthy), callerOf(healed));
  });

  it("is healed by fetching everything anew where blocks may be pruned", async () => {
    const pruned = { ...options, prune: 1 };
    await using healthy = await Peer.start({ options });
    await new Purse(healthy).mine(HEIGHT);
    const dataDirectory = mkdtempSync(join(root, "pruned-"));
    await follow(healthy, dataDirectory, pruned);
    const txid = await rotCoins(dataDirectory, 2);
    {
      await using victim = await Peer.start({ dataDirectory, options: pruned });
      await assert.rejects(victim.rpc("gettxout", txid, 0));
    }
    await using healed = await Peer.start({ dataDirectory, options: pruned });
    await until("the block files are read", () =>
      /built anew from the blocks[\s\S]*Reindexing finished/.test(
        readFileSync(healed.log.path as string, "utf8"),
      ),
    );
    await healed.net.connectTo(addressOf(healthy), "manual");
    await sameLedger(callerOf(healthy), callerOf(healed));
  });

  it("that is gone makes no good block bad for ever", async () => {
    await using healthy = await Peer.start({ options });
    const purse = new Purse(healthy);
    await purse.mine(HEIGHT);
    const dataDirectory = mkdtempSync(join(root, "gone-"));
    await follow(healthy, dataDirectory);
    await rotCoins(dataDirectory, 1, true);
    await purse.fill();
    await purse.pay(2);
    await purse.mine(1);
    {
      const indexed = { ...options, coinstatsindex: 1 };
      await using victim = await Peer.start({ dataDirectory, options: indexed });
      await until("the index is there", async () => {
        const info = await callerOf(victim).call<{ coinstatsindex: { synced: boolean } }>(
          "getindexinfo",
        );
        return info.coinstatsindex.synced;
      });
      await victim.net.connectTo(addressOf(healthy), "manual");
      await until("the block was refused", () => victim.chain.bestInvalid !== null);
      const report = (await victim.rpc("auditpeers")) as { outcome: string };
      assert.equal(report.outcome, "damaged");
    }
    await using healed = await Peer.start({ dataDirectory, options });
    await healed.net.connectTo(addressOf(healthy), "manual");
    await until("the block is connected", () => healed.chain.tip.height === HEIGHT + 1);
    await sameLedger(callerOf(healthy), callerOf(healed));
  });
});

interface Place {
  readonly file: number;
  readonly dataOffset: number;
}

/** A peer takes the healthy one's chain and stops; where a block of it lies. */
async function follow(healthy: Peer, dataDirectory: string, own: object = options): Promise<Place> {
  await using peer = await Peer.start({ dataDirectory, options: { ...own } });
  await peer.net.connectTo(addressOf(healthy), "manual");
  await sameLedger(callerOf(healthy), callerOf(peer));
  const node = peer.chain.at(50);
  assert.ok(node);
  return { file: node.file, dataOffset: node.dataOffset };
}

async function warningsOf(peer: Peer): Promise<readonly string[]> {
  const { warnings } = await callerOf(peer).call<{ warnings: string[] }>("getblockchaininfo");
  return warnings;
}

function markOf(directory: string): string {
  return join(directory, "regtest", "coins-damaged");
}

/** Makes the coin of the reward of a height undecodable, or takes it away; returns its txid. */
async function rotCoins(directory: string, height: number, isGone = false): Promise<string> {
  const path = join(directory, "regtest", "chainstate");
  const store = new CoinStore(await openLevelStore(path, { obfuscate: true }));
  try {
    const best = await store.bestBlock();
    assert.ok(best);
    for await (const { txid, index, coin } of store.entries()) {
      if (coin.height !== height) continue;
      const write = await store.startWrite(best);
      if (isGone) write.delete(coinKey(txid, index));
      else write.put(coinKey(txid, index), Uint8Array.of(5));
      await write.finish(true);
      return Buffer.from(txid).reverse().toString("hex");
    }
  } finally {
    await store.close();
  }
  throw new Error(`no coin of height ${height}`);
}

/** Turns over one bit of a block. */
function flip(directory: string, { file, dataOffset }: Place): void {
  const name = `blk${String(file).padStart(5, "0")}.dat`;
  const fd = openSync(join(directory, "regtest", "blocks", name), "r+");
  const one = Buffer.alloc(1);
  readSync(fd, one, 0, 1, dataOffset + 100);
  writeSync(fd, Buffer.of((one[0] as number) ^ 4), 0, 1, dataOffset + 100);
  closeSync(fd);
}
