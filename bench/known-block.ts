// How long a full block takes to connect whose payments wait in the mempool, beside one of which nobody knew.
//   node bench/dist/known-block.js --chain FOLDER [--rounds 5]
// FOLDER holds chain.blk (regtest blocks as -loadblock takes them) and mempool.hex (a transaction a line,
// parents first). The same block is tested, not connected, so that it can be done again; the one thread counts.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Peer } from "@compeer/peer/peer";
import type { Block } from "@compeer/protocol/bitcoin/block";
import { median, print } from "./report.ts";

const ANYONE = Uint8Array.of(0x51);
const UNCHECKED = { checkPow: false, checkMerkleRoot: true };

const { values } = parseArgs({
  options: { chain: { type: "string", default: "" }, rounds: { type: "string", default: "5" } },
});
const loadblock = join(values.chain, "chain.blk");
if (!existsSync(loadblock)) throw new Error("name a folder with chain.blk and mempool.hex");
const folder = mkdtempSync(join(tmpdir(), "known-block-"));
const options = {
  par: 1,
  maxtipage: "1000000000",
  maxmempool: "1000",
  minrelaytxfee: "0.00000100",
  disablewallet: true,
  persistmempool: false,
};
try {
  const { block, knownMs } = await fill();
  const unknownMs = await forgetful(block);
  print(`${block.transactions.length} transactions, ${block.weight} weight units, processor time:`);
  print(`waiting in the mempool ${knownMs.toFixed(0)} ms, unknown ${unknownMs.toFixed(0)} ms`);
  print(`ratio ${(knownMs / unknownMs).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true });
}

/** A peer with the chain and a full mempool, and its best block. */
async function fill(): Promise<{ block: Block; knownMs: number }> {
  await using peer = await Peer.start({
    dataDirectory: folder,
    options: { ...options, loadblock },
  });
  const height = blocksIn(readFileSync(loadblock));
  while (peer.chain.tip.height < height) await sleep(100);
  for (const hex of readFileSync(join(values.chain, "mempool.hex"), "utf8").trim().split("\n"))
    await peer.rpc("sendrawtransaction", hex, 0);
  const { block } = await peer.miner.template(ANYONE);
  return { block, knownMs: await test(peer, block) };
}

/** The same peer after a new start, with nothing in its mempool. */
async function forgetful(block: Block): Promise<number> {
  await using peer = await Peer.start({ dataDirectory: folder, options });
  return await test(peer, block);
}

function blocksIn(file: Buffer): number {
  let count = 0;
  for (let at = 0; at + 8 <= file.length; count++) at += 8 + file.readUInt32LE(at + 4);
  return count;
}

/** Milliseconds of processor: the median of some rounds behind a first, which warms up. */
async function test(peer: Peer, block: Block): Promise<number> {
  const rounds: number[] = [];
  for (let round = -1; round < Number(values.rounds); round++) {
    const before = process.cpuUsage();
    const fault = await peer.chain.testBlock(block, UNCHECKED);
    if (fault !== null) throw new Error(fault.reason);
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) rounds.push((user + system) / 1000);
  }
  return median(rounds);
}
