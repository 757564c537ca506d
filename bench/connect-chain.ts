// Feeds a file of blocks to a chain and prints how long it took and how long the event loop was held.
//   node bench/dist/connect-chain.js FILE [--threads N] [--skip-scripts] [--memory] [--window N]
// FILE holds regtest blocks as -loadblock takes them: magic, length, block, and so on.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import type { Chain } from "@compeer/peer/chain/chain";
import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { type BlockHeader, decodeHeader, encodeHeader } from "@compeer/protocol/bitcoin/header";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { feed, openChain } from "./open-chain.ts";
import { print } from "./report.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "0" },
    "skip-scripts": { type: "boolean", default: false },
    memory: { type: "boolean", default: false },
    window: { type: "string", default: "64" },
  },
});
const [path] = positionals;
if (path === undefined || !existsSync(path)) throw new Error("name a file of blocks");

const network = networkByName("regtest");
const folder = mkdtempSync(join(tmpdir(), "connect-chain-"));
try {
  await run(readBlocks(readFileSync(path)), network);
} finally {
  rmSync(folder, { recursive: true });
}

async function run(raws: readonly Uint8Array[], on: Network): Promise<void> {
  const last = decodeBlock(raws.at(-1) as Uint8Array);
  const chain = await openChain(on, values.memory ? null : folder, {
    scriptThreads: Number(values.threads),
    assumeValid: values["skip-scripts"] ? last.hash : null,
    minimumChainWork: 0n,
  });
  // Assumed blocks must be buried under two weeks of work, so their headers come first.
  if (values["skip-scripts"]) assumeOld(chain, raws);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await feed(chain, raws, Number(values.window));
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  delay.disable();
  const beforeFlush = performance.now();
  await chain.close();
  const flushSeconds = (performance.now() - beforeFlush) / 1000;
  print(`${signatureBackend().name}, threads ${values.threads}`);
  print(`tip ${formatHash(chain.tip.hash)} at ${chain.tip.height}`);
  print(
    `${seconds.toFixed(2)} s wall, ${((used.user + used.system) / 1e6).toFixed(2)} s cpu, close ${flushSeconds.toFixed(2)} s`,
  );
  print(
    `event loop p50 ${ms(delay.percentile(50))} p99 ${ms(delay.percentile(99))} max ${ms(delay.max)} ms`,
  );
}

/** Headers of all blocks, and of a fortnight of blocks on top of them. */
function assumeOld(chain: Chain, raws: readonly Uint8Array[]): void {
  const headers = raws.map((raw) => decodeBlock(raw).header);
  for (let i = 0; i < 2100; i++) headers.push(mineOn(headers.at(-1) as BlockHeader));
  const { fault } = chain.acceptHeaders(headers);
  if (fault !== null) throw new Error(fault.reason);
}

function mineOn(parent: BlockHeader): BlockHeader {
  for (let nonce = 0; ; nonce++) {
    const fields = { ...parent, prevHash: parent.hash, time: parent.time + 1, nonce };
    const header = decodeHeader(encodeHeader(fields));
    // Every second hash meets the target of regtest.
    if ((header.hash[31] as number) < 0x7f) return header;
  }
}

function readBlocks(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const raws: Uint8Array[] = [];
  for (let at = 0; at + 8 <= file.length; ) {
    const length = view.getUint32(at + 4, true);
    raws.push(file.slice(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return raws;
}

function ms(nanoseconds: number): string {
  return (nanoseconds / 1e6).toFixed(1);
}
