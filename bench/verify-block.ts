// `compeer verify-block` beside what the block's signatures alone would cost, rounds in turn.
// Run: node bench/dist/verify-block.js <raw block> <spent coins as JSON> <height> [rounds] [backend]

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { parseSpentCoins } from "@compeer/protocol/consensus/spent-coins-file";
import { verifyBlock } from "@compeer/protocol/consensus/verify-block";
import { chooseSignatureBackend } from "@compeer/protocol/crypto/secp256k1";
import type { SignatureBackend } from "@compeer/protocol/crypto/signature-backend";
import { median, print } from "./report.ts";

const [blockPath, spentPath, height, rounds = "5", preferred] = process.argv.slice(2);
if (blockPath === undefined || spentPath === undefined || height === undefined)
  throw new Error("name a raw block, its spent coins and its height");

/** What one signature was checked with. */
interface Signature {
  readonly method: "verifyEcdsa" | "verifySchnorr";
  readonly parts: readonly [Uint8Array, Uint8Array, Uint8Array];
}

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

/** All signatures on one thread, ms. Some are of a multisig and wrong for the key they are tried on. */
function signaturesAlone(): number {
  const start = performance.now();
  for (const { method, parts } of signatures) backend[method](...parts);
  return performance.now() - start;
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

const alone: number[] = [];
const cold: number[] = [];
const warm: number[] = [];
for (let i = 0; i < Number(rounds); i++) {
  alone.push(signaturesAlone());
  cold.push(...command(1));
  warm.push(median(command(WARM + 4).slice(WARM)));
}
const threads = availableParallelism();
const share = median(alone) / threads;
print(`${signatures.length} signatures by ${backend.name}, ${threads} threads; medians, ms`);
print(`signatures alone over all threads  ${share.toFixed(0)}`);
row("to check, in a fresh process", cold);
row(`to check, from the ${WARM + 1}th time on`, warm);

function row(name: string, values: readonly number[]): void {
  const middle = median(values);
  print(`${name.padEnd(35)}${middle.toFixed(0)}  ratio ${(middle / share).toFixed(2)}`);
}
