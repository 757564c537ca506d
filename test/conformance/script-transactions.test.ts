import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey, parseHash } from "@compeer/protocol/bytes/hash";
import { checkTransaction } from "@compeer/protocol/consensus/check-transaction";
import {
  flagsByName,
  VERIFY_CLEANSTACK,
  VERIFY_P2SH,
  VERIFY_WITNESS,
} from "@compeer/protocol/script/flags";
import type { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { verifyInput } from "@compeer/protocol/script/verify-input";
import { parseScript } from "../testing/parse-script.ts";
import { parseFlags } from "../testing/script-flags.ts";
import { contextOf, type SpentOutput } from "../testing/spend.ts";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

type Prevout = [string, number, string, number?];
type Row = [Prevout[], string, string];

const ALL_FLAGS = (1 << 21) - 1;

function readRows(name: string): Row[] {
  return readJsonVector<unknown[][]>(name).filter((row) =>
    Array.isArray(row[0]),
  ) as unknown as Row[];
}

function contextFor(tx: TransactionView, prevouts: readonly Prevout[]): TransactionContext {
  const outputs = new Map<string, SpentOutput>();
  for (const [txid, index, script, value] of prevouts)
    outputs.set(`${hashKey(parseHash(txid))}:${index >>> 0}`, {
      value: value ?? 0,
      script: parseScript(script),
    });
  const spent = Array.from({ length: tx.inputCount }, (_, i) => {
    const output = outputs.get(`${hashKey(tx.prevTxid(i))}:${tx.prevIndex(i)}`);
    assert.ok(output, "the vector names every output that is spent");
    return output;
  });
  return contextOf(tx, spent);
}

function isValid(context: TransactionContext, flags: number): boolean {
  for (let i = 0; i < context.tx.inputCount; i++)
    if (verifyInput(context, i, flags) !== null) return false;
  return true;
}

/** Core: TrimFlags. */
function trim(flags: number): number {
  const trimmed = (flags & VERIFY_P2SH) === 0 ? flags & ~VERIFY_WITNESS : flags;
  return (trimmed & VERIFY_WITNESS) === 0 ? trimmed & ~VERIFY_CLEANSTACK : trimmed;
}

/** Core: FillFlags. */
function fill(flags: number): number {
  const filled = (flags & VERIFY_CLEANSTACK) !== 0 ? flags | VERIFY_WITNESS : flags;
  return (filled & VERIFY_WITNESS) !== 0 ? filled | VERIFY_P2SH : filled;
}

/** Each set that leaves out one flag of `flags`. Core: ExcludeIndividualFlags. */
function withoutOne(flags: number): Set<number> {
  const sets = [...flagsByName.values()].map((flag) => trim(flags & ~flag));
  return new Set(sets.filter((set) => set !== flags));
}

test("tx_valid.json: valid without the flags it excludes, and with no flag fewer", {
  skip: vectorsMissing,
}, (t) => {
  const rows = readRows("core/tx_valid.json");
  for (const [prevouts, raw, excluded] of rows) {
    const tx = parseTransaction(Buffer.from(raw, "hex"));
    assert.equal(checkTransaction(tx), null, raw);
    const context = contextFor(tx, prevouts);
    const flags = parseFlags(excluded);
    assert.equal(isValid(context, ALL_FLAGS & ~flags), true, raw);
    for (const flag of flagsByName.values())
      assert.equal(isValid(context, trim(ALL_FLAGS & ~(flags | flag))), true, raw);
    for (const fewer of withoutOne(flags))
      assert.equal(isValid(context, ALL_FLAGS & ~fewer), false, raw);
  }
  assert.equal(rows.length, 121);
  t.diagnostic(`${rows.length} transactions`);
});

test("tx_invalid.json: invalid under its flags, and valid with any one of them fewer", {
  skip: vectorsMissing,
}, (t) => {
  const rows = readRows("core/tx_invalid.json");
  for (const [prevouts, raw, names] of rows) {
    const tx = parseTransaction(Buffer.from(raw, "hex"));
    if (names === "BADTX") {
      assert.notEqual(checkTransaction(tx), null, raw);
      continue;
    }
    assert.equal(checkTransaction(tx), null, raw);
    const context = contextFor(tx, prevouts);
    const flags = parseFlags(names);
    assert.equal(isValid(context, flags), false, raw);
    for (const flag of flagsByName.values())
      assert.equal(isValid(context, fill(flags | flag)), false, raw);
    for (const fewer of withoutOne(flags)) assert.equal(isValid(context, fewer), true, raw);
  }
  assert.equal(rows.length, 93);
  t.diagnostic(`${rows.length} transactions`);
});
