import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import { INPUT_WORDS } from "../bitcoin/transaction-table.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { Reader } from "../bytes/reader.ts";
import { VERIFY_P2SH, VERIFY_WITNESS } from "./flags.ts";
import { MAX_PUBKEYS_PER_MULTISIG } from "./limits.ts";
import {
  OP_0,
  OP_1,
  OP_16,
  OP_CHECKMULTISIG,
  OP_CHECKMULTISIGVERIFY,
  OP_CHECKSIG,
  OP_CHECKSIGVERIFY,
  OP_HASH160,
  OP_INVALIDOPCODE,
  OP_PUSHDATA1,
  OP_PUSHDATA2,
  OP_PUSHDATA4,
} from "./opcodes.ts";
import { ScriptReader } from "./script-reader.ts";
import {
  isPayToScriptHash,
  isPayToWitnessPublicKeyHash,
  isPayToWitnessScriptHash,
} from "./templates.ts";

/** What a signature operation outside a witness costs (BIP141). */
const LEGACY_COST = 4;

/**
 * Signature operations that a script may run. With `accurate`, a CHECKMULTISIG counts the keys that a
 * small number before it names, else always 20. Core: CScript::GetSigOpCount.
 */
export function scriptSigops(script: Uint8Array, accurate: boolean): number {
  return sigopsBetween(script, 0, script.length, accurate);
}

/**
 * `scriptSigops` of the script from `start` to `end`. A loop of its own instead of a reader: every script
 * of a block is counted. It ends where the script does, be that within a push.
 */
function sigopsBetween(bytes: Uint8Array, start: number, end: number, accurate: boolean): number {
  let count = 0;
  let last: number = OP_INVALIDOPCODE;
  for (let at = start; at < end; ) {
    const opcode = bytes[at++] as number;
    if (opcode < OP_PUSHDATA1) at += opcode;
    else if (opcode <= OP_PUSHDATA4) at += pushLength(bytes, at, opcode);
    else if (opcode === OP_CHECKSIG || opcode === OP_CHECKSIGVERIFY) count++;
    else if (opcode === OP_CHECKMULTISIG || opcode === OP_CHECKMULTISIGVERIFY)
      count +=
        accurate && last >= OP_1 && last <= OP_16 ? last - OP_1 + 1 : MAX_PUBKEYS_PER_MULTISIG;
    last = opcode;
  }
  return count;
}

/** Bytes behind a PUSHDATA opcode, those of the length counted. Zeros stand for bytes that are missing. */
function pushLength(bytes: Uint8Array, at: number, opcode: number): number {
  const low = bytes[at] ?? 0;
  if (opcode === OP_PUSHDATA1) return 1 + low;
  const two = low | ((bytes[at + 1] ?? 0) << 8);
  if (opcode === OP_PUSHDATA2) return 2 + two;
  return 4 + two + (bytes[at + 2] ?? 0) * 0x10000 + (bytes[at + 3] ?? 0) * 0x1000000;
}

/** Signature operations in the transaction's own scripts. Core: GetLegacySigOpCount. */
export function legacySigopCount(tx: TransactionView): number {
  let count = 0;
  for (let i = 0; i < tx.inputCount; i++) {
    const at = tx.inputScriptAt(i);
    count += sigopsBetween(tx.bytes, at, at + tx.inputScriptLength(i), false);
  }
  for (let i = 0; i < tx.outputCount; i++) {
    const at = tx.outputScriptAt(i);
    count += sigopsBetween(tx.bytes, at, at + tx.outputScriptLength(i), false);
  }
  return count;
}

/**
 * Signature operation cost as blocks limit it: four for each outside a witness, one inside (BIP141).
 * Core: GetTransactionSigOpCost.
 */
export function sigopCost(tx: TransactionView, coins: SpentCoins, flags: number): number {
  let cost = legacySigopCount(tx) * LEGACY_COST;
  if (tx.isCoinbase) return cost;
  for (let i = 0; i < tx.inputCount; i++) cost += inputCost(tx, i, coins, flags);
  return cost;
}

function inputCost(tx: TransactionView, input: number, coins: SpentCoins, flags: number): number {
  const row = tx.firstInput + input;
  const first = coins.scripts[coins.scriptAt[row] as number];
  if (first !== OP_HASH160 && first !== OP_0) return 0;
  const scriptPubKey = coins.script(row);
  const segwit = (flags & VERIFY_WITNESS) !== 0;
  if (!isPayToScriptHash(scriptPubKey)) return segwit ? witnessSigops(tx, input, scriptPubKey) : 0;
  const redeemScript = lastPush(tx.inputScript(input));
  if (redeemScript === null) return 0;
  const hashed = (flags & VERIFY_P2SH) !== 0 ? scriptSigops(redeemScript, true) * LEGACY_COST : 0;
  return hashed + (segwit ? witnessSigops(tx, input, redeemScript) : 0);
}

/** Data of the last opcode of a script that only pushes, else null. */
function lastPush(script: Uint8Array): Uint8Array | null {
  const reader = new ScriptReader(script);
  while (!reader.atEnd) if (!reader.next() || reader.opcode > OP_16) return null;
  return reader.data();
}

function witnessSigops(tx: TransactionView, input: number, program: Uint8Array): number {
  if (isPayToWitnessPublicKeyHash(program)) return 1;
  if (!isPayToWitnessScriptHash(program)) return 0;
  const script = lastWitnessItem(tx, input);
  return script === null ? 0 : scriptSigops(script, true);
}

function lastWitnessItem(tx: TransactionView, input: number): Uint8Array | null {
  const at = tx.table.inputs[(tx.firstInput + input) * INPUT_WORDS + 3] as number;
  if (at === 0) return null;
  const reader = new Reader(tx.bytes, at, tx.end);
  const count = reader.compactSize();
  for (let i = 1; i < count; i++) reader.skip(reader.compactSize());
  return count === 0 ? null : reader.varBytes();
}
