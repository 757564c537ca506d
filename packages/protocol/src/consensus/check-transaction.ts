import { isMoney, MAX_MONEY } from "../bitcoin/amount.ts";
import { isNullOutpoint, type TransactionView } from "../bitcoin/transaction-view.ts";
import { hashKey } from "../bytes/hash.ts";
import { readU32 } from "../bytes/reader.ts";
import { type TransactionFault, transactionFault } from "./fault.ts";
import { MAX_BLOCK_WEIGHT, WITNESS_SCALE_FACTOR } from "./limits.ts";

const OUTPOINT_SIZE = 36;
/** Up to this many inputs, comparing all pairs beats a set. */
const FEW_INPUTS = 12;

/** First rule that `tx` breaks by itself, without a look at the chain. Core: CheckTransaction. */
export function checkTransaction(tx: TransactionView): TransactionFault | null {
  const reason = brokenRule(tx);
  return reason === null ? null : transactionFault("consensus", reason);
}

function brokenRule(tx: TransactionView): string | null {
  if (tx.inputCount === 0) return "bad-txns-vin-empty";
  if (tx.outputCount === 0) return "bad-txns-vout-empty";
  // Without the witness, which is not yet known to be the committed one.
  if (tx.strippedSize * WITNESS_SCALE_FACTOR > MAX_BLOCK_WEIGHT) return "bad-txns-oversize";
  return brokenOutputRule(tx) ?? brokenInputRule(tx);
}

/** CVE-2010-5139: each amount and each running sum. Both stay below 2^53, so the sum is exact. */
function brokenOutputRule(tx: TransactionView): string | null {
  let total = 0;
  for (let i = 0; i < tx.outputCount; i++) {
    const value = tx.outputValue(i);
    if (value < 0) return "bad-txns-vout-negative";
    if (value > MAX_MONEY) return "bad-txns-vout-toolarge";
    total += value;
    if (!isMoney(total)) return "bad-txns-txouttotal-toolarge";
  }
  return null;
}

function brokenInputRule(tx: TransactionView): string | null {
  if (hasDuplicateInput(tx)) return "bad-txns-inputs-duplicate";
  if (tx.isCoinbase) {
    const length = tx.inputScriptLength(0);
    return length < 2 || length > 100 ? "bad-cb-length" : null;
  }
  for (let i = 0; i < tx.inputCount; i++)
    if (isNullOutpoint(tx.bytes, tx.outpointAt(i))) return "bad-txns-prevout-null";
  return null;
}

/** CVE-2018-17144: the same coin twice in one transaction. */
function hasDuplicateInput(tx: TransactionView): boolean {
  const count = tx.inputCount;
  if (count > FEW_INPUTS) return hasDuplicateAmongMany(tx);
  for (let i = 1; i < count; i++) {
    const at = tx.outpointAt(i);
    for (let j = 0; j < i; j++) if (equalOutpoints(tx.bytes, at, tx.outpointAt(j))) return true;
  }
  return false;
}

/** Sorted 32-bit keys tell nearly always; where two are equal, and an attacker can see to that, a set decides. */
function hasDuplicateAmongMany(tx: TransactionView): boolean {
  const keys = new Uint32Array(tx.inputCount);
  for (let i = 0; i < keys.length; i++) {
    const at = tx.outpointAt(i);
    keys[i] = readU32(tx.bytes, at) + readU32(tx.bytes, at + 32);
  }
  keys.sort();
  for (let i = 1; i < keys.length; i++) if (keys[i] === keys[i - 1]) return hasDuplicateInSet(tx);
  return false;
}

function hasDuplicateInSet(tx: TransactionView): boolean {
  const seen = new Set<string>();
  for (let i = 0; i < tx.inputCount; i++) {
    const at = tx.outpointAt(i);
    seen.add(hashKey(tx.bytes.subarray(at, at + OUTPOINT_SIZE)));
    if (seen.size !== i + 1) return true;
  }
  return false;
}

function equalOutpoints(bytes: Uint8Array, a: number, b: number): boolean {
  let i = 0;
  while (i < OUTPOINT_SIZE && bytes[a + i] === bytes[b + i]) i++;
  return i === OUTPOINT_SIZE;
}
