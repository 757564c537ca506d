// How long the event loop of a peer is held while twenty light clients download its chain from it at once.
//   COMPEER_CHAIN=FILE node bench/dist/serve-many.js [--peers 20] [--seconds 20]
// FILE holds regtest blocks as -loadblock takes them. The clients are in a thread of their own.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { Peer } from "@compeer/peer/peer";
import { MSG_WITNESS_BLOCK } from "@compeer/protocol/wire/inventory";
import { print } from "./report.ts";

/** Of regtest. */
const MAGIC = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda);
/** Blocks that a client asks for at once. */
const AT_ONCE = 16;

interface Task {
  readonly port: number;
  readonly hashes: readonly Uint8Array[];
  readonly peers: number;
  readonly until: number;
}

const { COMPEER_CHAIN } = process.env;
const { values } = parseArgs({
  options: {
    peers: { type: "string", default: "20" },
    seconds: { type: "string", default: "20" },
  },
});
if (!isMainThread) parentPort?.postMessage(await download(workerData as Task));
else if (COMPEER_CHAIN !== undefined && existsSync(COMPEER_CHAIN)) await measure(COMPEER_CHAIN);
else process.stderr.write("SKIPPED: set COMPEER_CHAIN to a file of regtest blocks\n");

async function measure(path: string): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "bench-"));
  const peer = await Peer.start({ dataDirectory, options: { loadblock: path, par: 1 } });
  while (peer.chain.isImporting) await sleep(50);
  const hashes: Uint8Array[] = [];
  for (let height = 1; height <= peer.chain.tip.height; height++)
    hashes.push(peer.chain.at(height)?.hash as Uint8Array);
  const workerData: Task = {
    port: Number(peer.address?.split(":").at(-1)),
    hashes,
    peers: Number(values.peers),
    until: Date.now() + 1000 * Number(values.seconds),
  };
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const worker = new Worker(new URL(import.meta.url), { workerData, argv: process.argv.slice(2) });
  delay.enable();
  const before = process.cpuUsage();
  const megabytes = await new Promise<number>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  const ms = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(1);
  print(
    `${values.peers} peers took ${megabytes.toFixed(0)} MB in ${values.seconds} s ` +
      `(${((user + system) / 1e6).toFixed(1)} s of processor, the clients' with it); event loop held ` +
      `p50 ${ms(delay.percentile(50))} p99 ${ms(delay.percentile(99))} max ${ms(delay.max)} ms`,
  );
  await worker.terminate();
  await peer.close();
  rmSync(dataDirectory, { recursive: true });
}

/** Megabytes that all of them got. */
async function download({ port, hashes, peers, until }: Task): Promise<number> {
  const clients = Array.from({ length: peers }, async (_, i) => {
    const peer = await RawPeer.shakeHands(port, MAGIC);
    let bytes = 0;
    for (let at = i * 31; Date.now() < until; at += AT_ONCE) {
      const items = Array.from({ length: AT_ONCE }, (_, k) => ({
        kind: MSG_WITNESS_BLOCK,
        hash: hashes[(at + k) % hashes.length] as Uint8Array,
      }));
      peer.send({ type: "getdata", items });
      while (peer.count("block") < AT_ONCE) await peer.changed();
      for (const message of peer.messages.splice(0))
        if (message.type === "block") bytes += message.block.raw.length;
    }
    peer.close();
    return bytes;
  });
  return (await Promise.all(clients)).reduce((sum, bytes) => sum + bytes, 0) / 1e6;
}
