import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { type CoinSummary, coinSummary, reaches } from "../testing/compare-nodes.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import { ChainGrower, REWARD } from "../testing/grow-chain.ts";
import type { NodeProcess } from "../testing/node-process.ts";

type Start = (directory: string, ...options: readonly string[]) => Promise<NodeProcess>;

/** Files of 64 KiB, so that the chain fills several. */
const SMALL_FILES = "-fastprune";
const CHAIN = 150;
const MORE = 20;

describe("one data directory, by turns", { skip: bitcoindMissing }, () => {
  let scratch: string;
  const nodes: NodeProcess[] = [];

  before(() => {
    scratch = mkdtempSync(join(tmpdir(), "compeer-datadir-"));
  });

  after(async () => {
    for (const node of nodes) await node.kill();
    rmSync(scratch, { recursive: true });
  });

  const open = async (start: Start, name: string): Promise<NodeProcess> => {
    const node = await start(join(scratch, name), SMALL_FILES);
    nodes.push(node);
    return node;
  };

  /** Opens what another left, looks at all of it, runs `work` and closes it. */
  const takeOver = async (
    start: Start,
    name: string,
    left: CoinSummary,
    work: (node: NodeProcess) => Promise<unknown>,
  ): Promise<CoinSummary> => {
    const node = await open(start, name);
    assert.equal(await node.call("verifychain", 4, 0), true);
    assert.deepEqual(await coinSummary(node), left);
    await work(node);
    const now = await coinSummary(node);
    await node.stop();
    return now;
  };

  /** A chain of our own or of bitcoind's making, with undo data of every kind of script. */
  const begin = async (start: Start, name: string): Promise<CoinSummary> => {
    const node = await open(start, name);
    const grower = new ChainGrower(node);
    await grower.mine(110);
    await grower.grow(CHAIN - 110, 4);
    await reorganise(node);
    const summary = await coinSummary(node);
    await node.stop();
    return summary;
  };

  it("what compeer mined, bitcoind opens, extends and gives back", async () => {
    const made = await begin(startCompeerd, "ours");
    const extended = await takeOver(startBitcoind, "ours", made, mineMore);
    const reorganised = await takeOver(startCompeerd, "ours", extended, reorganise);
    await takeOver(startBitcoind, "ours", reorganised, reorganise);
  });

  it("what bitcoind mined, compeer opens, extends and gives back", async () => {
    const made = await begin(startBitcoind, "theirs");
    const reorganised = await takeOver(startCompeerd, "theirs", made, reorganise);
    const extended = await takeOver(startBitcoind, "theirs", reorganised, mineMore);
    await takeOver(startCompeerd, "theirs", extended, mineMore);
  });

  it("what compeer synced, bitcoind opens", async () => {
    const source = await open(startBitcoind, "theirs");
    const follower = await open(startCompeerd, "synced");
    await follower.call("addnode", source.address, "onetry");
    await reaches(follower, source);
    const synced = await coinSummary(follower);
    await follower.stop();
    await source.stop();
    await takeOver(startBitcoind, "synced", synced, reorganise);
  });

  it("what bitcoind left when it was killed, compeer opens, and the other way round", async () => {
    const theirs = await open(startBitcoind, "synced");
    await mineMore(theirs);
    await theirs.kill();
    const ours = await open(startCompeerd, "synced");
    assert.equal(await ours.call("verifychain", 4, 0), true);
    await mineMore(ours);
    await ours.kill();
    const again = await open(startBitcoind, "synced");
    assert.equal(await again.call("verifychain", 4, 0), true);
    await again.stop();
  });
});

function mineMore(node: NodeProcess): Promise<unknown> {
  return node.call("generatetodescriptor", MORE, REWARD);
}

let branches = 0;

/** Takes blocks with transactions off the chain by their undo data, and mines others. */
async function reorganise(node: NodeProcess): Promise<void> {
  const height = await node.call<number>("getblockcount");
  await node.call("invalidateblock", await node.call("getblockhash", height - MORE / 2));
  // A number that is dropped: no block of this branch is one that was called invalid.
  const reward = `raw(01${(++branches).toString(16).padStart(2, "0")}7551)`;
  await node.call("generatetodescriptor", MORE, reward);
}
