import { equalBytes } from "../bytes/compare.ts";
import { sha256 } from "../crypto/sha256.ts";
import { taggedHash } from "../crypto/tagged-hash.ts";
import { checkKeyHash } from "./check-key-hash.ts";
import { checkSchnorr } from "./check-signature.ts";
import {
  VERIFY_DISCOURAGE_OP_SUCCESS,
  VERIFY_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION,
  VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM,
  VERIFY_TAPROOT,
} from "./flags.ts";
import { runScript } from "./interpreter.ts";
import { MAX_SCRIPT_ELEMENT_SIZE, MAX_STACK_SIZE } from "./limits.ts";
import { Machine } from "./machine.ts";
import { isOpSuccess } from "./opcode-kinds.ts";
import type { ScriptError } from "./script-error.ts";
import { isTrue } from "./script-number.ts";
import { ScriptReader } from "./script-reader.ts";
import type { SignatureVersion } from "./signature-version.ts";
import {
  ANNEX_TAG,
  hashAnnex,
  isControlBlockSize,
  TAPSCRIPT_LEAF,
  TaprootSpend,
  tapLeafHash,
  taprootMerkleRoot,
  witnessSize,
} from "./taproot-spend.ts";
import { isPayToAnchor, witnessVersion } from "./templates.ts";
import type { TransactionContext } from "./transaction-context.ts";

/**
 * Checks a witness against a witness program (BIP141, BIP341, BIP342).
 * Core: VerifyWitnessProgram.
 *
 * @param script the witness program as a script
 * @param witness changed: what scripts find on their stack stays in it
 * @param nested whether the program was the redeem script of a script hash
 */
export function verifyWitnessProgram(
  context: TransactionContext,
  input: number,
  flags: number,
  script: Uint8Array,
  witness: Uint8Array[],
  nested: boolean,
): ScriptError | null {
  const version = witnessVersion(script);
  const program = script.subarray(2);
  if (version === 0) return verifyVersion0(context, input, flags, program, witness);
  if (version === 1 && program.length === 32 && !nested)
    return (flags & VERIFY_TAPROOT) === 0
      ? null
      : verifyTaproot(context, input, flags, program, witness);
  if (!nested && isPayToAnchor(script)) return null;
  const refused = (flags & VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM) !== 0;
  return refused ? "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM" : null;
}

function verifyVersion0(
  context: TransactionContext,
  input: number,
  flags: number,
  program: Uint8Array,
  witness: Uint8Array[],
): ScriptError | null {
  if (program.length === 20) {
    if (witness.length !== 2) return "WITNESS_PROGRAM_MISMATCH";
    const [signature, key] = witness as [Uint8Array, Uint8Array];
    return checkKeyHash(context, input, flags, "witness-v0", signature, key, program);
  }
  if (program.length !== 32) return "WITNESS_PROGRAM_WRONG_LENGTH";
  const script = witness.pop();
  if (script === undefined) return "WITNESS_PROGRAM_WITNESS_EMPTY";
  if (!equalBytes(sha256(script), program)) return "WITNESS_PROGRAM_MISMATCH";
  return runWitnessScript(context, input, flags, "witness-v0", script, witness, null);
}

function verifyTaproot(
  context: TransactionContext,
  input: number,
  flags: number,
  outputKey: Uint8Array,
  witness: Uint8Array[],
): ScriptError | null {
  if (witness.length === 0) return "WITNESS_PROGRAM_WITNESS_EMPTY";
  const last = witness[witness.length - 1] as Uint8Array;
  const hasAnnex = witness.length >= 2 && last[0] === ANNEX_TAG;
  const annexHash = hasAnnex ? hashAnnex(last) : null;
  if (witness.length === (hasAnnex ? 2 : 1)) {
    const spend = new TaprootSpend(annexHash, null, 0);
    return checkSchnorr(context, input, witness[0] as Uint8Array, outputKey, spend);
  }
  const size = witnessSize(witness);
  if (hasAnnex) witness.pop();
  const control = witness.pop() as Uint8Array;
  const script = witness.pop() as Uint8Array;
  if (!isControlBlockSize(control.length)) return "TAPROOT_WRONG_CONTROL_SIZE";
  const leafVersion = (control[0] as number) & 0xfe;
  const leafHash = tapLeafHash(leafVersion, script);
  if (!isCommitted(context, control, leafHash, outputKey)) return "WITNESS_PROGRAM_MISMATCH";
  if (leafVersion === TAPSCRIPT_LEAF) {
    const spend = new TaprootSpend(annexHash, leafHash, size);
    return runTapscript(context, input, flags, script, witness, spend);
  }
  const refused = (flags & VERIFY_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION) !== 0;
  return refused ? "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION" : null;
}

/** Whether the output key is the control block's internal key tweaked by the tree that holds the leaf. */
function isCommitted(
  context: TransactionContext,
  control: Uint8Array,
  leafHash: Uint8Array,
  outputKey: Uint8Array,
): boolean {
  const internalKey = control.subarray(1, 33);
  const tweak = taggedHash("TapTweak", internalKey, taprootMerkleRoot(control, leafHash));
  const parity = ((control[0] as number) & 1) as 0 | 1;
  return context.backend.checkTapTweak(internalKey, tweak, outputKey, parity);
}

function runTapscript(
  context: TransactionContext,
  input: number,
  flags: number,
  script: Uint8Array,
  stack: Uint8Array[],
  spend: TaprootSpend,
): ScriptError | null {
  const reader = new ScriptReader(script);
  while (!reader.atEnd) {
    if (!reader.next()) return "BAD_OPCODE";
    if (!isOpSuccess(reader.opcode)) continue;
    // It overrides all that comes later and every limit, the size of the stack included.
    return (flags & VERIFY_DISCOURAGE_OP_SUCCESS) !== 0 ? "DISCOURAGE_OP_SUCCESS" : null;
  }
  if (stack.length > MAX_STACK_SIZE) return "STACK_SIZE";
  return runWitnessScript(context, input, flags, "tapscript", script, stack, spend);
}

/** A script in a witness must leave one item, and that true. Core: ExecuteWitnessScript. */
function runWitnessScript(
  context: TransactionContext,
  input: number,
  flags: number,
  version: SignatureVersion,
  script: Uint8Array,
  stack: Uint8Array[],
  spend: TaprootSpend | null,
): ScriptError | null {
  for (const item of stack) if (item.length > MAX_SCRIPT_ELEMENT_SIZE) return "PUSH_SIZE";
  const error = runScript(new Machine(context, input, flags, version, spend, script, stack));
  if (error !== null) return error;
  if (stack.length !== 1) return "CLEANSTACK";
  return isTrue(stack[0] as Uint8Array) ? null : "EVAL_FALSE";
}
