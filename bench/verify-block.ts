// `compeer verify-block` beside what the block's signatures alone would cost, rounds in turn.
// Run: node bench/dist/verify-block.js <raw block> <spent coins as JSON> <height> [rounds] [backend]

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { parseSpentCoins } from "@compeer/protocol/consensus/spent-coins-file";
import { verifyBlock } from "@compeer/protocol/consensus/verify-block";
import { chooseSignatureBackend } from "@compeer/protocol/crypto/secp256k1";
import type { SignatureBackend } from "@compeer/protocol/crypto/signature-backend";
import { median, print } from "./report.ts";
import type { Share, Signature } from "./signature-share.ts";

const [blockPath, spentPath, height, rounds = "5", preferred] = process.argv.slice(2);
if (blockPath === undefined || spentPath === undefined || height === undefined)
  throw new Error("name a raw block, its spent coins and its height");

const backend = chooseSignatureBackend(preferred);
const signatures: Signature[] = [];

function keep(method: Signature["method"]): SignatureBackend["verifyEcdsa"] {
  return (signature, hash, key) => {
    signatures.push({ method, parts: [signature.slice(), hash.slice(), key.slice()] });
    return backend[method](signature, hash, key);
  };
}

const block = decodeBlock(new Uint8Array(readFileSync(blockPath)));
const verdict = verifyBlock({
  block,
  coins: parseSpentCoins(readFileSync(spentPath, "utf8"), block),
  height: Number(height),
  network: networkByName("main"),
  time: Math.floor(Date.now() / 1000),
  backend: {
    ...backend,
    verifyEcdsa: keep("verifyEcdsa"),
    verifySchnorr: keep("verifySchnorr"),
  },
});
if (verdict.fault !== null) throw new Error(`the block is wrong: ${verdict.fault.reason}`);
// Neighbours with one key would be cheaper than the backend is by itself.
signatures.sort((a, b) => Buffer.compare(a.parts[0], b.parts[0]));

/** Threads that check equal shares of the signatures. */
class Checkers {
  readonly #workers: readonly Worker[];

  constructor(threads: number) {
    const size = Math.ceil(signatures.length / threads);
    this.#workers = Array.from({ length: threads }, (_, i) => {
      const own = signatures.slice(size * i, size * (i + 1));
      const workerData: Share = { name: backend.name, signatures: own };
      return new Worker(new URL("./signature-share.js", import.meta.url), { workerData });
    });
  }

  /** Wall time until every thread has checked its share, ms. */
  async run(): Promise<number> {
    const start = performance.now();
    const done = this.#workers.map((worker) => once(worker, "message"));
    for (const worker of this.#workers) worker.postMessage(null);
    await Promise.all(done);
    return performance.now() - start;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** What the command says each of its rounds took to check, ms. */
function command(repeat: number): number[] {
  const given = ["verify-block", blockPath as string, "--spent", spentPath as string];
  const told = execFileSync(
    join("packages", "cli", "bin", "compeer"),
    [...given, "--height", height as string, "--repeat", String(repeat), "--backend", backend.name],
    { encoding: "utf8" },
  );
  const checks = [...told.matchAll(/(\d+) ms to check/g)].map(([, ms]) => Number(ms));
  if (checks.length !== repeat || !/verdict +valid/.test(told)) throw new Error(told);
  return checks;
}

/** From this round on the code is compiled. */
const WARM = 4;

const threads = availableParallelism();
const one = new Checkers(1);
const all = new Checkers(threads);
for (const checkers of [one, all]) await checkers.run();
const alone: number[] = [];
const atOnce: number[] = [];
const cold: number[] = [];
const warm: number[] = [];
for (let i = 0; i < Number(rounds); i++) {
  alone.push((await one.run()) / threads);
  atOnce.push(await all.run());
  cold.push(...command(1));
  warm.push(median(command(WARM + 4).slice(WARM)));
}
await Promise.all([one.close(), all.close()]);
print(`${signatures.length} signatures by ${backend.name}, ${threads} threads; medians, ms`);
print(`signatures: on one thread, by the threads  ${median(alone).toFixed(0)}`);
print(`            on all threads at once         ${median(atOnce).toFixed(0)}`);
row("to check: in a fresh process", cold);
row(`          from the ${WARM + 1}th time on`, warm);

/** Beside both: what the threads hinder each other, or the host hinders two, is in the second. */
function row(name: string, values: readonly number[]): void {
  const middle = median(values);
  const ratios = [alone, atOnce].map((base) => (middle / median(base)).toFixed(2));
  print(`${name.padEnd(43)}${middle.toFixed(0)}  ratios ${ratios.join(" and ")}`);
}
