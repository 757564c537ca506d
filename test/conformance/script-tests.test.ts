import assert from "node:assert/strict";
import { test } from "node:test";
import { SignatureWorkers } from "@compeer/peer/chain/signature-workers";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { tweakTapKey } from "@compeer/protocol/crypto/keys";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { VERIFY_CLEANSTACK, VERIFY_P2SH, VERIFY_WITNESS } from "@compeer/protocol/script/flags";
import { OP_1 } from "@compeer/protocol/script/opcodes";
import { tapLeafHash } from "@compeer/protocol/script/taproot-spend";
import type { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { verifyInput } from "@compeer/protocol/script/verify-input";
import { verifyScript } from "@compeer/protocol/script/verify-script";
import { parseScript } from "../testing/parse-script.ts";
import { parseFlags } from "../testing/script-flags.ts";
import { spendOf } from "../testing/spend.ts";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

type Row = [unknown[], string, string, string, string] | [string, string, string, string];

/** The key of secret 1, which Core's tests take as internal key. */
const INTERNAL_KEY = Buffer.from(
  "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
  "hex",
);
const ALL_FLAGS = (1 << 21) - 1;

interface Case {
  readonly scriptSig: Uint8Array;
  readonly scriptPubKey: Uint8Array;
  readonly witness: Uint8Array[];
  readonly value: number;
  readonly flags: number;
  readonly expected: string;
  readonly text: string;
}

function readCases(): Case[] {
  const rows = readJsonVector<unknown[][]>("core/script_tests.json");
  return rows.filter((row) => row.length > 1).map((row) => readCase(row as Row));
}

function readCase(row: Row): Case {
  const hasWitness = Array.isArray(row[0]);
  const [scriptSig, scriptPubKey, flags, expected] = (hasWitness ? row.slice(1) : row) as string[];
  const items = hasWitness ? (row[0] as unknown[]) : [0];
  const { witness, outputKey } = readWitness(items.slice(0, -1) as string[]);
  return {
    scriptSig: parseScript(scriptSig as string),
    scriptPubKey: (scriptPubKey as string).includes("#TAPROOTOUTPUT#")
      ? scriptOf(OP_1, outputKey as Uint8Array)
      : parseScript(scriptPubKey as string),
    witness,
    value: Math.round((items.at(-1) as number) * 1e8),
    flags: withNeeded(parseFlags(flags as string)),
    expected: expected as string,
    text: JSON.stringify(row).slice(0, 400),
  };
}

/** #SCRIPT# marks a script in words, #CONTROLBLOCK# the control block of a tree of that script alone. */
function readWitness(items: readonly string[]): {
  witness: Uint8Array[];
  outputKey: Uint8Array | null;
} {
  const witness: Uint8Array[] = [];
  let outputKey: Uint8Array | null = null;
  for (const item of items) {
    if (item.startsWith("#SCRIPT#")) witness.push(parseScript(item.slice(8)));
    else if (item === "#CONTROLBLOCK#") {
      const key = tweakTapKey(INTERNAL_KEY, tapLeafHash(0xc0, witness.at(-1) as Uint8Array));
      assert.ok(key);
      outputKey = key.x;
      witness.push(Uint8Array.of(0xc0 | key.parity, ...INTERNAL_KEY));
    } else witness.push(Buffer.from(item, "hex"));
  }
  return { witness, outputKey };
}

function withNeeded(flags: number): number {
  const needed = (flags & VERIFY_CLEANSTACK) !== 0 ? VERIFY_P2SH | VERIFY_WITNESS : 0;
  return flags | needed;
}

function isValidCombination(flags: number): boolean {
  if ((flags & VERIFY_CLEANSTACK) !== 0 && (flags & VERIFY_WITNESS) === 0) return false;
  return (flags & VERIFY_WITNESS) === 0 || (flags & VERIFY_P2SH) !== 0;
}

test("scripts give the result that Core's script_tests.json states", {
  skip: vectorsMissing,
}, (t) => {
  const cases = readCases();
  for (const { scriptSig, scriptPubKey, witness, value, flags, expected, text } of cases) {
    const context = spendOf(scriptSig, scriptPubKey, witness, value);
    assert.equal(verifyInput(context, 0, flags) ?? "OK", expected, text);
  }
  assert.equal(cases.length, 1212);
  t.diagnostic(`${cases.length} scripts`);
});

/** A block of the transaction twice, of which the first stands for the coinbase. */
function blockOf({ tx }: TransactionContext): Block {
  const raw = tx.bytes.subarray(tx.start, tx.end);
  return decodeBlock(concatBytes(new Uint8Array(80), Uint8Array.of(2), raw, raw));
}

test("they give it also when signatures are checked after the scripts have run", {
  skip: vectorsMissing,
}, async () => {
  const workers = new SignatureWorkers(1);
  for (const { scriptSig, scriptPubKey, witness, value, flags, expected, text } of readCases()) {
    const coins = new SpentCoins(2);
    coins.setCoin(1, { value, script: scriptPubKey, height: 1, coinbase: false });
    const block = blockOf(spendOf(scriptSig, scriptPubKey, witness, value));
    const failure = workers.start(block, coins, flags).finish();
    assert.equal(failure?.error ?? "OK", expected, text);
  }
});

test("more flags never make a script valid, fewer never invalid", { skip: vectorsMissing }, (t) => {
  let runs = 0;
  let seed = 1;
  for (const { scriptSig, scriptPubKey, witness, value, flags, expected, text } of readCases()) {
    const context = spendOf(scriptSig, scriptPubKey, witness, value);
    for (let i = 0; i < 8; i++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      const extra = (seed >>> 8) & ALL_FLAGS;
      const changed = expected === "OK" ? flags & ~extra : flags | extra;
      if (!isValidCombination(changed)) continue;
      const error = verifyScript(context, 0, changed, scriptSig, scriptPubKey, witness);
      assert.equal(error === null, expected === "OK", `${text} with flags ${changed}`);
      runs++;
    }
  }
  t.diagnostic(`${runs} runs`);
});
