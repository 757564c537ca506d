import { MAX_SCRIPT_SIZE } from "./limits.ts";
import {
  OP_0,
  OP_1,
  OP_16,
  OP_CHECKSIG,
  OP_DUP,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_HASH160,
  OP_RETURN,
} from "./opcodes.ts";

/** A version and the 2 to 40 bytes that it gives a meaning (BIP141). */
export interface WitnessProgram {
  /** 0 to 16. */
  readonly version: number;
  readonly program: Uint8Array;
}

/** A version opcode and one direct push of 2 to 40 bytes, nothing else. */
export function isWitnessProgram(script: Uint8Array): boolean {
  const { length } = script;
  if (length < 4 || length > 42 || script[1] !== length - 2) return false;
  const first = script[0] as number;
  return first === OP_0 || (first >= OP_1 && first <= OP_16);
}

/** The witness version of a script that is a witness program. */
export function witnessVersion(script: Uint8Array): number {
  const first = script[0] as number;
  return first === OP_0 ? 0 : first - OP_1 + 1;
}

/** The witness program that a script is, or null. Core: CScript::IsWitnessProgram. */
export function witnessProgram(script: Uint8Array): WitnessProgram | null {
  if (!isWitnessProgram(script)) return null;
  return { version: witnessVersion(script), program: script.subarray(2) };
}

/** BIP16. */
export function isPayToScriptHash(script: Uint8Array): boolean {
  return (
    script.length === 23 && script[0] === OP_HASH160 && script[1] === 20 && script[22] === OP_EQUAL
  );
}

export function isPayToPublicKeyHash(script: Uint8Array): boolean {
  return (
    script.length === 25 &&
    script[0] === OP_DUP &&
    script[1] === OP_HASH160 &&
    script[2] === 20 &&
    script[23] === OP_EQUALVERIFY &&
    script[24] === OP_CHECKSIG
  );
}

export function isPayToWitnessPublicKeyHash(script: Uint8Array): boolean {
  return script.length === 22 && script[0] === OP_0 && script[1] === 20;
}

export function isPayToWitnessScriptHash(script: Uint8Array): boolean {
  return script.length === 34 && script[0] === OP_0 && script[1] === 32;
}

/** BIP341. */
export function isPayToTaproot(script: Uint8Array): boolean {
  return script.length === 34 && script[0] === OP_1 && script[1] === 32;
}

/** The two-byte program that anyone can spend. Core: CScript::IsPayToAnchor. */
export function isPayToAnchor(script: Uint8Array): boolean {
  return (
    script.length === 4 &&
    script[0] === OP_1 &&
    script[1] === 2 &&
    script[2] === 0x4e &&
    script[3] === 0x73
  );
}

/** No input can ever satisfy it, so its coin is not kept. Core: CScript::IsUnspendable. */
export function isUnspendable(script: Uint8Array): boolean {
  return script[0] === OP_RETURN || script.length > MAX_SCRIPT_SIZE;
}
