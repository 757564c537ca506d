// `compeer verify-block` beside what the block's signatures alone would cost, rounds in turn.
// Run: node bench/dist/verify-block.js <raw block> <its spent coins as JSON> <height> [rounds]

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { parseSpentCoins } from "@compeer/protocol/consensus/spent-coins-file";
import { verifyBlock } from "@compeer/protocol/consensus/verify-block";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import type { SignatureBackend } from "@compeer/protocol/crypto/signature-backend";

const [blockPath, spentPath, height, rounds = "5"] = process.argv.slice(2);
if (blockPath === undefined || spentPath === undefined || height === undefined)
  throw new Error("name a raw block, its spent coins and its height");

/** What one signature was checked with. */
interface Signature {
  readonly method: "verifyEcdsa" | "verifySchnorr";
  readonly parts: readonly [Uint8Array, Uint8Array, Uint8Array];
}

const backend = signatureBackend();
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

/** What the command says it took to check, ms. */
function command(): number {
  const args = ["verify-block", blockPath as string, "--spent", spentPath as string];
  const told = execFileSync("packages/cli/bin/compeer", [...args, "--height", height as string], {
    encoding: "utf8",
  });
  const check = /(\d+) ms to check/.exec(told)?.[1];
  if (check === undefined || !told.includes("valid")) throw new Error(told);
  return Number(check);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >>> 1] as number;
}

const alone: number[] = [];
const checked: number[] = [];
for (let i = 0; i < Number(rounds); i++) {
  alone.push(signaturesAlone());
  checked.push(command());
}
const threads = availableParallelism();
const share = median(alone) / threads;
process.stdout.write(
  `${signatures.length} signatures by ${backend.name}, ${threads} threads\n` +
    `signatures alone over all threads  ${share.toFixed(0)} ms  (${alone.map((ms) => (ms / threads).toFixed(0)).join(" ")})\n` +
    `verify-block, to check             ${median(checked)} ms  (${checked.join(" ")})\n` +
    `ratio                              ${(median(checked) / share).toFixed(2)}\n`,
);
