import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { isPayToAnchor, isPayToScriptHash, witnessProgram } from "../script/templates.ts";
import { lastPush } from "./last-push.ts";
import {
  MAX_P2WSH_SCRIPT_SIZE,
  MAX_P2WSH_STACK_ITEM_SIZE,
  MAX_P2WSH_STACK_ITEMS,
  MAX_TAPSCRIPT_STACK_ITEM_SIZE,
} from "./limits.ts";

const ANNEX_TAG = 0x50;
const LEAF_MASK = 0xfe;
const TAPSCRIPT_LEAF = 0xc0;

/**
 * True when no input's witness is larger than we relay, and none stands where it means nothing.
 * Core: IsWitnessStandard.
 */
export function hasStandardWitness(tx: TransactionView, coins: SpentCoins): boolean {
  for (let i = 0; i < tx.inputCount; i++) {
    if (!tx.hasInputWitness(i)) continue;
    if (!isStandardWitness(tx, i, coins.script(tx.firstInput + i))) return false;
  }
  return true;
}

/**
 * True when an input spends a witness program, anchors aside: without a witness it must fail, and
 * someone may have cut it off. Core: SpendsNonAnchorWitnessProg.
 */
export function spendsWitnessProgram(tx: TransactionView, coins: SpentCoins): boolean {
  for (let i = 0; i < tx.inputCount; i++) {
    const spent = coins.script(tx.firstInput + i);
    if (witnessProgram(spent) !== null && !isPayToAnchor(spent)) return true;
    if (!isPayToScriptHash(spent)) continue;
    const redeemScript = lastPush(tx.inputScript(i));
    if (redeemScript !== null && witnessProgram(redeemScript) !== null) return true;
  }
  return false;
}

function isStandardWitness(tx: TransactionView, input: number, spent: Uint8Array): boolean {
  if (isPayToAnchor(spent)) return false;
  const nested = isPayToScriptHash(spent);
  const script = nested ? lastPush(tx.inputScript(input)) : spent;
  const target = script === null ? null : witnessProgram(script);
  if (target === null) return false;
  const isLong = target.program.length === 32;
  if (target.version === 0 && isLong) return isStandardP2wsh(tx.witness(input));
  if (target.version === 1 && isLong && !nested) return isStandardTaproot(tx.witness(input));
  return true;
}

function isStandardP2wsh(stack: readonly Uint8Array[]): boolean {
  const script = stack[stack.length - 1] as Uint8Array;
  const items = stack.slice(0, -1);
  return (
    script.length <= MAX_P2WSH_SCRIPT_SIZE &&
    items.length <= MAX_P2WSH_STACK_ITEMS &&
    items.every((item) => item.length <= MAX_P2WSH_STACK_ITEM_SIZE)
  );
}

function isStandardTaproot(stack: readonly Uint8Array[]): boolean {
  if (stack.length < 2) return true; // by key: one signature
  const control = stack[stack.length - 1] as Uint8Array;
  const first = control[0];
  if (first === undefined || first === ANNEX_TAG) return false;
  if ((first & LEAF_MASK) !== TAPSCRIPT_LEAF) return true;
  const items = stack.slice(0, -2);
  return items.every((item) => item.length <= MAX_TAPSCRIPT_STACK_ITEM_SIZE);
}
