import { equalBytes } from "../bytes/compare.ts";
import { scriptOf } from "./build-script.ts";
import { VERIFY_CLEANSTACK, VERIFY_P2SH, VERIFY_SIGPUSHONLY, VERIFY_WITNESS } from "./flags.ts";
import { runScript } from "./interpreter.ts";
import { Machine } from "./machine.ts";
import type { ScriptError } from "./script-error.ts";
import { isTrue } from "./script-number.ts";
import { isPushOnly } from "./script-reader.ts";
import { isPayToScriptHash, isWitnessProgram } from "./templates.ts";
import type { TransactionContext } from "./transaction-context.ts";
import { verifyWitnessProgram } from "./verify-witness-program.ts";

/**
 * Whether the scripts and witness of an input satisfy the script that it spends. The signatures are
 * checked as those of `input` of `context.tx`, whose own script and witness are not looked at.
 * Core: VerifyScript.
 *
 * @param flags CLEANSTACK only with WITNESS, and WITNESS only with P2SH
 * @returns the first error, null when the input is valid
 */
export function verifyScript(
  context: TransactionContext,
  input: number,
  flags: number,
  scriptSig: Uint8Array,
  scriptPubKey: Uint8Array,
  witness: readonly Uint8Array[],
): ScriptError | null {
  checkFlags(flags);
  if ((flags & VERIFY_SIGPUSHONLY) !== 0 && !isPushOnly(scriptSig)) return "SIG_PUSHONLY";
  // One after the other on the same stack, never joined: else an OP_RETURN in the first would skip the
  // second (CVE-2010-5141).
  const stack: Uint8Array[] = [];
  const error = runScript(new Machine(context, input, flags, "base", null, scriptSig, stack));
  if (error !== null) return error;
  const pushed = [...stack];
  const fault = runToTrue(context, input, flags, scriptPubKey, stack);
  if (fault !== null) return fault;

  const segwit = (flags & VERIFY_WITNESS) !== 0;
  if (segwit && isWitnessProgram(scriptPubKey)) {
    if (scriptSig.length !== 0) return "WITNESS_MALLEATED";
    return verifyWitnessProgram(context, input, flags, scriptPubKey, [...witness], false);
  }
  if ((flags & VERIFY_P2SH) !== 0 && isPayToScriptHash(scriptPubKey))
    return verifyRedeemScript(context, input, flags, scriptSig, pushed, witness);
  return checkRest(flags, stack, witness);
}

/**
 * Runs the script that a script hash stands for (BIP16), and the witness program that this may be.
 *
 * @param stack what the input's script left: the redeem script on top
 */
function verifyRedeemScript(
  context: TransactionContext,
  input: number,
  flags: number,
  scriptSig: Uint8Array,
  stack: Uint8Array[],
  witness: readonly Uint8Array[],
): ScriptError | null {
  if (!isPushOnly(scriptSig)) return "SIG_PUSHONLY";
  const redeemScript = stack.pop() as Uint8Array;
  const fault = runToTrue(context, input, flags, redeemScript, stack);
  if (fault !== null) return fault;
  if ((flags & VERIFY_WITNESS) !== 0 && isWitnessProgram(redeemScript)) {
    if (!equalBytes(scriptSig, scriptOf(redeemScript))) return "WITNESS_MALLEATED_P2SH";
    return verifyWitnessProgram(context, input, flags, redeemScript, [...witness], true);
  }
  return checkRest(flags, stack, witness);
}

function runToTrue(
  context: TransactionContext,
  input: number,
  flags: number,
  script: Uint8Array,
  stack: Uint8Array[],
): ScriptError | null {
  const error = runScript(new Machine(context, input, flags, "base", null, script, stack));
  if (error !== null) return error;
  const top = stack[stack.length - 1];
  return top !== undefined && isTrue(top) ? null : "EVAL_FALSE";
}

/** Rules on what no script looked at. */
function checkRest(
  flags: number,
  stack: readonly Uint8Array[],
  witness: readonly Uint8Array[],
): ScriptError | null {
  if ((flags & VERIFY_CLEANSTACK) !== 0 && stack.length !== 1) return "CLEANSTACK";
  return (flags & VERIFY_WITNESS) !== 0 && witness.length > 0 ? "WITNESS_UNEXPECTED" : null;
}

function checkFlags(flags: number): void {
  const cleanWithoutWitness = (flags & VERIFY_CLEANSTACK) !== 0 && (flags & VERIFY_WITNESS) === 0;
  const witnessWithoutHash = (flags & VERIFY_WITNESS) !== 0 && (flags & VERIFY_P2SH) === 0;
  if (cleanWithoutWitness || witnessWithoutHash) throw new RangeError("flags that need others");
}
