import { checkKeyHash } from "./check-key-hash.ts";
import { VERIFY_WITNESS } from "./flags.ts";
import type { ScriptError } from "./script-error.ts";
import { isTrue } from "./script-number.ts";
import { isPayToPublicKeyHash, isWitnessProgram } from "./templates.ts";
import type { TransactionContext } from "./transaction-context.ts";
import { verifyScript } from "./verify-script.ts";
import { verifyWitnessProgram } from "./verify-witness-program.ts";
import { readWitness } from "./witness-stack.ts";

/** Longest push that is its own opcode. */
const MAX_DIRECT_PUSH = 75;
/** A shorter signature could be a push within the script of 25 bytes that it signs, and be cut out of it. */
const MIN_SIGNATURE = 25;

/**
 * Checks the scripts of one input against the coin that it spends.
 *
 * Witness programs and payments to a key hash, which nearly all inputs spend, skip the steps of
 * `verifyScript` whose outcome is known: pushing what is there onto an empty stack.
 *
 * @param flags CLEANSTACK only with WITNESS, and WITNESS only with P2SH
 * @returns null when they are valid
 * @throws Error when the coin is missing: the caller has to find it first
 */
export function verifyInput(
  context: TransactionContext,
  input: number,
  flags: number,
): ScriptError | null {
  const { tx, coins } = context;
  const row = tx.firstInput + input;
  if (coins.isMissing(row)) throw new Error(`the coin of input ${input} is missing`);
  const scriptPubKey = coins.script(row);
  const isBare = tx.inputScriptLength(input) === 0;
  if (isBare && (flags & VERIFY_WITNESS) !== 0 && isWitnessProgram(scriptPubKey)) {
    // The program was the top of the stack.
    if (!isTrue(scriptPubKey, 2)) return "EVAL_FALSE";
    return verifyWitnessProgram(context, input, flags, scriptPubKey, readWitness(tx, input), false);
  }
  const scriptSig = tx.inputScript(input);
  if (isPayToPublicKeyHash(scriptPubKey) && !tx.hasInputWitness(input)) {
    const keyAt = keyPushAt(scriptSig);
    if (keyAt > 0) return verifyKeyHash(context, input, flags, scriptSig, keyAt, scriptPubKey);
  }
  return verifyScript(context, input, flags, scriptSig, scriptPubKey, readWitness(tx, input));
}

/** Where the second push begins in a script of two direct pushes, the first a signature; else 0. */
function keyPushAt(scriptSig: Uint8Array): number {
  const signature = scriptSig[0] as number;
  if (!(signature >= MIN_SIGNATURE && signature <= MAX_DIRECT_PUSH)) return 0;
  const key = scriptSig[1 + signature] as number;
  // One byte may have a shorter push, which MINIMALDATA would ask for.
  const fits = key >= 2 && key <= MAX_DIRECT_PUSH && signature + key + 2 === scriptSig.length;
  return fits ? 1 + signature : 0;
}

function verifyKeyHash(
  context: TransactionContext,
  input: number,
  flags: number,
  scriptSig: Uint8Array,
  keyAt: number,
  scriptPubKey: Uint8Array,
): ScriptError | null {
  const signature = scriptSig.subarray(1, keyAt);
  const key = scriptSig.subarray(keyAt + 1);
  const keyHash = scriptPubKey.subarray(3, 23);
  return checkKeyHash(context, input, flags, "base", signature, key, keyHash);
}
