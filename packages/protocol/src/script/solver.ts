import { MAX_PUBKEYS_PER_MULTISIG } from "./limits.ts";
import { OP_1, OP_16, OP_CHECKMULTISIG, OP_CHECKSIG, OP_PUSHDATA4, OP_RETURN } from "./opcodes.ts";
import { decodeScriptNumber } from "./script-number.ts";
import { isMinimalPush, isPushOnly, ScriptReader } from "./script-reader.ts";
import { hasKeyLength } from "./signature-encoding.ts";
import {
  isPayToAnchor,
  isPayToPublicKeyHash,
  isPayToScriptHash,
  isPayToTaproot,
  isPayToWitnessPublicKeyHash,
  isPayToWitnessScriptHash,
  witnessProgram,
} from "./templates.ts";

/** What an output script is, in the words of Core's RPCs (GetTxnOutputType). */
export type ScriptType =
  | "nonstandard"
  | "pubkey"
  | "pubkeyhash"
  | "scripthash"
  | "multisig"
  | "nulldata"
  | "anchor"
  | "witness_v0_keyhash"
  | "witness_v0_scripthash"
  | "witness_v1_taproot"
  | "witness_unknown";

export interface Solution {
  readonly type: ScriptType;
  /**
   * The key, hash or program that it names. For "multisig": one byte of needed signatures, the keys, one
   * byte of their number. For "witness_unknown": one byte of version, the program.
   */
  readonly solutions: readonly Uint8Array[];
}

/** Tells what an output script is. Core: Solver. */
export function solveScript(script: Uint8Array): Solution {
  if (isPayToScriptHash(script)) return solved("scripthash", script.subarray(2, 22));
  const witness = solveWitness(script);
  if (witness !== null) return witness;
  if (script[0] === OP_RETURN && isPushOnly(script, 1)) return solved("nulldata");
  const key = payToPublicKey(script);
  if (key !== null) return solved("pubkey", key);
  if (isPayToPublicKeyHash(script)) return solved("pubkeyhash", script.subarray(3, 23));
  return solveMultisig(script) ?? solved("nonstandard");
}

function solved(type: ScriptType, ...solutions: Uint8Array[]): Solution {
  return { type, solutions };
}

function solveWitness(script: Uint8Array): Solution | null {
  const witness = witnessProgram(script);
  if (witness === null) return null;
  const { version, program } = witness;
  if (isPayToWitnessPublicKeyHash(script)) return solved("witness_v0_keyhash", program);
  if (isPayToWitnessScriptHash(script)) return solved("witness_v0_scripthash", program);
  if (isPayToTaproot(script)) return solved("witness_v1_taproot", program);
  if (isPayToAnchor(script)) return solved("anchor");
  if (version === 0) return solved("nonstandard");
  return solved("witness_unknown", Uint8Array.of(version), program);
}

function payToPublicKey(script: Uint8Array): Uint8Array | null {
  const { length } = script;
  if (script[length - 1] !== OP_CHECKSIG || script[0] !== length - 2) return null;
  const key = script.subarray(1, length - 1);
  return hasKeyLength(key) ? key : null;
}

function solveMultisig(script: Uint8Array): Solution | null {
  if (script[script.length - 1] !== OP_CHECKMULTISIG) return null;
  const reader = new ScriptReader(script);
  if (!reader.next()) return null;
  const required = countOf(reader, 1);
  if (required === null) return null;
  const keys: Uint8Array[] = [];
  while (reader.next() && hasKeyLength(reader.data())) keys.push(reader.data());
  const count = countOf(reader, required);
  if (count !== keys.length || reader.position + 1 !== script.length) return null;
  return solved("multisig", Uint8Array.of(required), ...keys, Uint8Array.of(count));
}

/** A number from `least` to 20 in its shortest form, else null. */
function countOf(reader: ScriptReader, least: number): number | null {
  const { opcode } = reader;
  let count: number | null = null;
  if (opcode >= OP_1 && opcode <= OP_16) count = opcode - OP_1 + 1;
  else if (opcode <= OP_PUSHDATA4 && isMinimalPush(reader.data(), opcode))
    count = decodeScriptNumber(reader.data(), true);
  if (count === null || count < least || count > MAX_PUBKEYS_PER_MULTISIG) return null;
  return count;
}
