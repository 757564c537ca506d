import { checkEcdsa, checkSchnorr, isHopeless } from "./check-signature.ts";
import { findAndDelete } from "./find-and-delete.ts";
import {
  VERIFY_CONST_SCRIPTCODE,
  VERIFY_DISCOURAGE_UPGRADABLE_PUBKEYTYPE,
  VERIFY_NULLDUMMY,
  VERIFY_NULLFAIL,
} from "./flags.ts";
import { MAX_PUBKEYS_PER_MULTISIG } from "./limits.ts";
import type { Machine } from "./machine.ts";
import type { ScriptError } from "./script-error.ts";
import { checkPublicKeyEncoding, checkSignatureEncoding } from "./signature-encoding.ts";
import type { TaprootSpend } from "./taproot-spend.ts";

/** What a check came to: an error that ends the script, or whether the signature was right. */
type Outcome = ScriptError | boolean;

/** (signature key -- boolean), with `verify` (signature key -- ). */
export function checkSig(machine: Machine, verify: boolean): ScriptError | null {
  if (machine.stack.length < 2) return "INVALID_STACK_OPERATION";
  const outcome = checkOne(machine, machine.peek(2), machine.peek(1));
  if (typeof outcome === "string") return outcome;
  machine.drop(2);
  if (!verify) machine.pushBoolean(outcome);
  return verify && !outcome ? "CHECKSIGVERIFY" : null;
}

/** BIP342: (signature number key -- number), one more when the signature is right. */
export function checkSigAdd(machine: Machine): ScriptError | null {
  if (machine.version !== "tapscript") return "BAD_OPCODE";
  if (machine.stack.length < 3) return "INVALID_STACK_OPERATION";
  const sum = machine.peekNumber(2);
  if (sum === null) return "UNKNOWN_ERROR";
  const outcome = checkOne(machine, machine.peek(3), machine.peek(1));
  if (typeof outcome === "string") return outcome;
  machine.drop(3);
  machine.pushNumber(sum + Number(outcome));
  return null;
}

function checkOne(machine: Machine, signature: Uint8Array, key: Uint8Array): Outcome {
  const { spend } = machine;
  if (spend !== null) return checkInTapscript(machine, signature, key, spend);
  const scriptCode = signedScript(machine, machine.scriptCode, signature);
  if (typeof scriptCode === "string") return scriptCode;
  const outcome = checkEncodedEcdsa(machine, signature, key, scriptCode);
  const refused = outcome === false && (machine.flags & VERIFY_NULLFAIL) !== 0;
  return refused && signature.length > 0 ? "NULLFAIL" : outcome;
}

/** Before segwit, the script that is signed goes without the signature. */
function signedScript(
  machine: Machine,
  scriptCode: Uint8Array,
  signature: Uint8Array,
): Uint8Array | ScriptError {
  if (machine.version !== "base") return scriptCode;
  const rest = findAndDelete(scriptCode, signature);
  const refused = rest !== scriptCode && (machine.flags & VERIFY_CONST_SCRIPTCODE) !== 0;
  return refused ? "SIG_FINDANDDELETE" : rest;
}

function checkEncodedEcdsa(
  machine: Machine,
  signature: Uint8Array,
  key: Uint8Array,
  scriptCode: Uint8Array,
): Outcome {
  const { flags } = machine;
  const fault =
    checkSignatureEncoding(signature, flags) ?? checkPublicKeyEncoding(key, flags, machine.version);
  if (fault !== null) return fault;
  if (isHopeless(signature, key)) return false;
  const type = signature[signature.length - 1] as number;
  return checkEcdsa(machine.context, signature, key, machine.signatureHash(scriptCode, type));
}

/** BIP342: an empty signature is false, any other must be right or end the script. */
function checkInTapscript(
  machine: Machine,
  signature: Uint8Array,
  key: Uint8Array,
  spend: TaprootSpend,
): Outcome {
  const present = signature.length > 0;
  if (present && !spend.takeSignature()) return "TAPSCRIPT_VALIDATION_WEIGHT";
  if (key.length === 0) return "PUBKEYTYPE";
  if (key.length !== 32) {
    const refused = (machine.flags & VERIFY_DISCOURAGE_UPGRADABLE_PUBKEYTYPE) !== 0;
    return refused ? "DISCOURAGE_UPGRADABLE_PUBKEYTYPE" : present;
  }
  if (!present) return false;
  return checkSchnorr(machine.context, machine.input, signature, key, spend) ?? true;
}

/**
 * (dummy signatures count keys count -- boolean). Signatures must come in the order of their keys. The
 * dummy below them is popped by a mistake that became a rule.
 */
export function checkMultisig(machine: Machine, verify: boolean): ScriptError | null {
  if (machine.version === "tapscript") return "TAPSCRIPT_CHECKMULTISIG";
  const depth = machine.stack.length;
  if (depth < 1) return "INVALID_STACK_OPERATION";
  const keys = machine.peekNumber(1);
  if (keys === null) return "UNKNOWN_ERROR";
  if (keys < 0 || keys > MAX_PUBKEYS_PER_MULTISIG) return "PUBKEY_COUNT";
  if (!machine.countOps(keys)) return "OP_COUNT";
  if (depth < keys + 2) return "INVALID_STACK_OPERATION";
  const signatures = machine.peekNumber(keys + 2);
  if (signatures === null) return "UNKNOWN_ERROR";
  if (signatures < 0 || signatures > keys) return "SIG_COUNT";
  if (depth < keys + signatures + 3) return "INVALID_STACK_OPERATION";

  const outcome = matchSignatures(machine, keys, signatures);
  if (typeof outcome === "string") return outcome;
  if (!outcome && (machine.flags & VERIFY_NULLFAIL) !== 0)
    for (let i = 0; i < signatures; i++)
      if (machine.peek(keys + 3 + i).length > 0) return "NULLFAIL";
  machine.drop(keys + signatures + 2);

  const dummy = machine.stack.pop() as Uint8Array;
  if (dummy.length > 0 && (machine.flags & VERIFY_NULLDUMMY) !== 0) return "SIG_NULLDUMMY";
  if (!verify) machine.pushBoolean(outcome);
  return verify && !outcome ? "CHECKMULTISIGVERIFY" : null;
}

/** Tries the top signature with the top key, and the next key when that fails. */
function matchSignatures(machine: Machine, keys: number, signatures: number): Outcome {
  const firstSignature = keys + 3;
  let scriptCode = machine.scriptCode;
  for (let i = 0; i < signatures; i++) {
    const rest = signedScript(machine, scriptCode, machine.peek(firstSignature + i));
    if (typeof rest === "string") return rest;
    scriptCode = rest;
  }
  let matched = 0;
  for (let key = 0; matched < signatures; key++) {
    if (signatures - matched > keys - key) return false; // more signatures left than keys
    const signature = machine.peek(firstSignature + matched);
    const outcome = checkEncodedEcdsa(machine, signature, machine.peek(2 + key), scriptCode);
    if (typeof outcome === "string") return outcome;
    if (outcome) matched++;
  }
  return true;
}
