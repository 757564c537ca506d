import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import { ChainGrower } from "../testing/grow-chain.ts";
import type { NodeProcess } from "../testing/node-process.ts";
import { until } from "../testing/peers.ts";

type Start = (directory: string, ...options: readonly string[]) => Promise<NodeProcess>;

const INDEXES = ["-blockfilterindex=1", "-coinstatsindex=1"];
const CHAIN = 130;

/** Everything that the indexes say of a chain. */
interface Said {
  readonly filters: readonly unknown[];
  readonly coins: readonly unknown[];
}

async function indexed(node: NodeProcess): Promise<void> {
  await until("the indexes are there", async () => {
    const info =
      await node.call<Record<string, { synced: boolean; best_block_height: number }>>(
        "getindexinfo",
      );
    const height = await node.call<number>("getblockcount");
    const all = Object.values(info);
    return all.length === 2 && all.every((i) => i.synced && i.best_block_height === height);
  });
}

async function said(node: NodeProcess): Promise<Said> {
  await indexed(node);
  const filters: unknown[] = [];
  const coins: unknown[] = [];
  const height = await node.call<number>("getblockcount");
  for (let at = 0; at <= height; at++) {
    filters.push(await node.call("getblockfilter", await node.call<string>("getblockhash", at)));
    coins.push(await node.call("gettxoutsetinfo", "muhash", at));
  }
  return { filters, coins };
}

/** The filters on disk, in the order in which they were made: one that is built anew has another. */
function filterFile(directory: string): Buffer {
  const file = readFileSync(join(directory, "regtest/indexes/blockfilter/basic/fltr00000.dat"));
  return file.subarray(0, file.findLastIndex((byte) => byte !== 0) + 1); // room is set aside behind
}

describe("indexes, with bitcoind as the truth", { skip: bitcoindMissing }, () => {
  let scratch: string;
  let ours: Said;
  const nodes: NodeProcess[] = [];
  const folder = (name: string): string => join(scratch, name);

  const open = async (start: Start, name: string): Promise<NodeProcess> => {
    const node = await start(folder(name), ...INDEXES);
    nodes.push(node);
    return node;
  };

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "compeer-indexes-"));
    const node = await open(startCompeerd, "ours");
    const grower = new ChainGrower(node);
    await grower.mine(110);
    await grower.grow(CHAIN - 110, 4);
    await indexed(node);
    const tip = await node.call<string>("getbestblockhash");
    await node.call("invalidateblock", tip);
    await grower.mine(2);
    ours = await said(node);
    await node.stop();
    cpSync(folder("ours"), folder("theirs"), { recursive: true });
    rmSync(join(folder("theirs"), "regtest/indexes"), { recursive: true });
  });

  after(async () => {
    for (const node of nodes) await node.kill();
    rmSync(scratch, { recursive: true });
  });

  it("say the same of every block", async () => {
    const node = await open(startBitcoind, "theirs");
    assert.deepEqual(await said(node), ours);
    await node.stop();
  });

  it("that bitcoind made are opened as they are, and go on", async () => {
    const file = filterFile(folder("theirs"));
    const node = await open(startCompeerd, "theirs");
    assert.deepEqual(await said(node), ours);
    await node.call("generatetodescriptor", 2, "raw(51)");
    const more = await said(node);
    await node.stop();
    assert.deepEqual(filterFile(folder("theirs")).subarray(0, file.length), file);
    const again = await open(startBitcoind, "theirs");
    assert.deepEqual(await said(again), more);
    await again.stop();
  });

  it("of ours are opened by bitcoind as they are, and go on", async () => {
    const file = filterFile(folder("ours"));
    const node = await open(startBitcoind, "ours");
    assert.deepEqual(await said(node), ours);
    await node.call("generatetodescriptor", 2, "raw(51)");
    const more = await said(node);
    await node.stop();
    assert.deepEqual(filterFile(folder("ours")).subarray(0, file.length), file);
    const again = await open(startCompeerd, "ours");
    assert.deepEqual(await said(again), more);
    await again.stop();
  });
});
