import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoinCache } from "@compeer/peer/chain/coin-cache";
import { openBlockFiles } from "@compeer/peer/storage/block-files";
import { CoinStore } from "@compeer/peer/storage/coin-store";
import { openLevelStore } from "@compeer/peer/storage/level-store";
import { encodeUndo } from "@compeer/peer/storage/undo-codec";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { readU32 } from "@compeer/protocol/bytes/reader";
import { print } from "./report.ts";

/**
 * Coins and files under a chain of real blocks. Run: node bench/dist/coin-cache.js FILE, where FILE
 * holds blocks as bitcoind's -loadblock takes them.
 */
const [, , path] = process.argv;
if (path === undefined) throw new Error("name a file of blocks");
const blocks = readBlocks(path);
const inputs = blocks.reduce(
  (sum, { table, transactions }) => sum + table.inputCount - Math.min(1, transactions.length),
  0,
);
const outputs = blocks.reduce((sum, { table }) => sum + table.outputCount, 0);
const dir = await mkdtemp(join(tmpdir(), "compeer-bench-"));
print(`${blocks.length} blocks, ${inputs} inputs, ${outputs} outputs`);

try {
  await connect("memory only", 450 << 20, 0);
  await connect("flush every 100 blocks, cache kept", 450 << 20, 100);
  await connect("flush every 20 blocks, cache dropped", 0, 20);
  await files();
} finally {
  rmSync(dir, { recursive: true });
}

async function connect(name: string, cacheBytes: number, flushEvery: number): Promise<void> {
  const level = await openLevelStore(join(dir, "chainstate"), { obfuscate: true, wipe: true });
  const cache = await CoinCache.open(new CoinStore(level), { cacheBytes });
  const ms = { load: 0, duplicate: 0, apply: 0, flush: 0, longest: 0, undo: 0 };
  let most = 0;
  let bytes = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    ms.longest = Math.max(ms.longest, performance.now() - last - 2);
    last = performance.now();
  }, 2);
  for (const [i, block] of blocks.entries()) {
    const start = performance.now();
    const answer = cache.load(block, i + 1);
    const coins = answer instanceof Promise ? await answer : answer;
    const loaded = performance.now();
    await cache.duplicateIn(block);
    const checked = performance.now();
    cache.apply(block, i + 1, coins);
    const applied = performance.now();
    if (flushEvery === 0) encodeUndo(block, coins);
    const encoded = performance.now();
    most = Math.max(most, cache.count);
    bytes = Math.max(bytes, cache.bytes);
    ms.load += loaded - start;
    ms.duplicate += checked - loaded;
    ms.apply += applied - checked;
    ms.undo += encoded - applied;
    if (flushEvery > 0 && i % flushEvery === flushEvery - 1) {
      ms.longest = 0;
      await new Promise(setImmediate);
      last = performance.now();
      await cache.flush(true);
      ms.flush += performance.now() - encoded;
    }
  }
  print(`\n${name}: at most ${most} records, ${(bytes / most).toFixed(0)} bytes each`);
  const start = performance.now();
  last = start;
  ms.longest = 0;
  const { count } = cache;
  await cache.flush(true);
  const final = performance.now() - start;
  clearInterval(timer);
  print(`  load       ${rate(inputs, ms.load)} coins`);
  print(`  duplicates ${rate(outputs, ms.duplicate)} outputs`);
  print(`  apply      ${rate(inputs + outputs, ms.apply)} coins`);
  if (flushEvery === 0) print(`  undo       ${rate(inputs, ms.undo)} coins`);
  else print(`  flushes    ${ms.flush.toFixed(0)} ms`);
  print(`  last flush ${rate(count, final)} records, longest pause ${ms.longest.toFixed(0)} ms`);
  const walk = performance.now();
  let coins = 0;
  for await (const _ of cache.entries()) coins++;
  print(`  entries    ${rate(coins, performance.now() - walk)} coins (${coins})`);
  await cache.close();
}

async function files(): Promise<void> {
  const store = openBlockFiles(join(dir, "blocks"), Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda));
  const bytes = blocks.reduce((sum, { raw }) => sum + raw.length, 0);
  const start = performance.now();
  const places = blocks.map((block, i) => store.appendBlock(block.raw, i + 1, block.header.time));
  const appended = performance.now();
  await store.flush();
  const flushed = performance.now();
  for (const at of places) await store.readBlock(at);
  const read = performance.now();
  let found = 0;
  for await (const _ of store.scan(0)) found++;
  const scanned = performance.now();
  print(`\nblock files: ${(bytes / 1e6).toFixed(0)} MB`);
  print(
    `  append ${(appended - start).toFixed(0)} ms, flush ${(flushed - appended).toFixed(0)} ms`,
  );
  print(
    `  read ${(read - flushed).toFixed(0)} ms, scan ${(scanned - read).toFixed(0)} ms (${found} blocks)`,
  );
  store.close();
}

function readBlocks(file: string): Block[] {
  const bytes = new Uint8Array(readFileSync(file));
  const found: Block[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = readU32(bytes, at + 4);
    found.push(decodeBlock(bytes.subarray(at + 8, at + 8 + length)));
    at += 8 + length;
  }
  return found;
}

function rate(count: number, ms: number): string {
  return `${(count / ms).toFixed(0)} k/s (${ms.toFixed(0)} ms)`.padEnd(24);
}
