import { parseDerLax } from "../crypto/der.ts";
import type { ScriptError } from "./script-error.ts";
import { hasKeyLength, isStrictDer } from "./signature-encoding.ts";
import { signatureHashTaproot } from "./signature-hash-taproot.ts";
import { SIGHASH_DEFAULT } from "./signature-hash-type.ts";
import type { TaprootSpend } from "./taproot-spend.ts";
import type { TransactionContext } from "./transaction-context.ts";

/** The numbers of the signature in hand; a check is one synchronous call. */
const compact = new Uint8Array(64);

/** Whether `signature`, not empty, is one of `key` over `hash`. Core: CPubKey::Verify. */
export function checkEcdsa(
  context: TransactionContext,
  signature: Uint8Array,
  key: Uint8Array,
  hash: Uint8Array,
): boolean {
  const numbers = signatureNumbers(signature);
  return numbers !== null && context.backend.verifyEcdsa(numbers, hash, key);
}

/**
 * The numbers r and s of an ECDSA signature with its hash type, 64 bytes which the next call
 * overwrites; null when even the lax reading finds none. Strict DER, which is nearly all, is read in
 * place.
 */
function signatureNumbers(signature: Uint8Array): Uint8Array | null {
  if (!isStrictDer(signature)) return parseDerLax(signature.subarray(0, signature.length - 1));
  const lengthR = signature[3] as number;
  const lengthS = signature[5 + lengthR] as number;
  compact.fill(0);
  const fits =
    copyNumber(signature, 4, lengthR, 32) && copyNumber(signature, 6 + lengthR, lengthS, 64);
  if (!fits) compact.fill(0); // as the lax reading has it: no key verifies zeros
  return compact;
}

/** Copies a number so that it ends at `end`; false when it takes more than 32 bytes. */
function copyNumber(signature: Uint8Array, start: number, length: number, end: number): boolean {
  const padded = signature[start] === 0 ? 1 : 0;
  const digits = length - padded;
  if (digits > 32) return false;
  compact.set(signature.subarray(start + padded, start + length), end - digits);
  return true;
}

/** A signature that cannot be right whatever it signs, so that the hash need not be made. */
export function isHopeless(signature: Uint8Array, key: Uint8Array): boolean {
  return signature.length === 0 || !hasKeyLength(key);
}

/** Why a BIP340 signature of a taproot input is none, or null. Core: CheckSchnorrSignature. */
export function checkSchnorr(
  context: TransactionContext,
  input: number,
  signature: Uint8Array,
  keyX: Uint8Array,
  spend: TaprootSpend,
): ScriptError | null {
  const { length } = signature;
  if (length !== 64 && length !== 65) return "SCHNORR_SIG_SIZE";
  const type = length === 65 ? (signature[64] as number) : SIGHASH_DEFAULT;
  if (length === 65 && type === SIGHASH_DEFAULT) return "SCHNORR_SIG_HASHTYPE";
  const hash = signatureHashTaproot(context, input, type, spend);
  if (hash === null) return "SCHNORR_SIG_HASHTYPE";
  const sig64 = length === 65 ? signature.subarray(0, 64) : signature;
  return context.backend.verifySchnorr(sig64, hash, keyX) ? null : "SCHNORR_SIG";
}
