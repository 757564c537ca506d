// How long the event loop of a peer is held while it syncs a chain from another peer over a socket.
//   COMPEER_CHAIN=FILE node bench/dist/event-loop.js
// FILE holds regtest blocks as -loadblock takes them: magic, length, block, and so on.
import { existsSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Peer } from "@compeer/peer/peer";

interface Source {
  readonly address: string;
  readonly height: number;
}

const { COMPEER_CHAIN } = process.env;
if (!isMainThread) await serve(workerData as string);
else if (COMPEER_CHAIN !== undefined && existsSync(COMPEER_CHAIN)) await measure(COMPEER_CHAIN);
else process.stderr.write("SKIPPED: set COMPEER_CHAIN to a file of regtest blocks\n");

/** A peer in a thread of its own that has the chain. */
async function serve(path: string): Promise<void> {
  const peer = await Peer.start({ options: { loadblock: path, par: 1 } });
  while (peer.chain.isImporting) await sleep(50);
  const source: Source = { address: peer.address as string, height: peer.chain.tip.height };
  parentPort?.postMessage(source);
}

async function measure(path: string): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: path });
  const source = await new Promise<Source>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  const peer = await Peer.start();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const start = performance.now();
  peer.net.addNode(source.address);
  while (peer.chain.tip.height < source.height) await sleep(50);
  const seconds = (performance.now() - start) / 1000;
  delay.disable();
  const ms = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(1);
  process.stdout.write(
    `${source.height} blocks in ${seconds.toFixed(1)} s; event loop held ` +
      `p50 ${ms(delay.percentile(50))} p99 ${ms(delay.percentile(99))} max ${ms(delay.max)} ms\n`,
  );
  await peer.close();
  await worker.terminate();
}
