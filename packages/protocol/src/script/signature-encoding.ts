import { decodeHex } from "../bytes/hex.ts";
import { parseDerLax } from "../crypto/der.ts";
import {
  VERIFY_DERSIG,
  VERIFY_LOW_S,
  VERIFY_STRICTENC,
  VERIFY_WITNESS_PUBKEYTYPE,
} from "./flags.ts";
import type { ScriptError } from "./script-error.ts";
import { SIGHASH_ALL, SIGHASH_ANYONECANPAY, SIGHASH_SINGLE } from "./signature-hash-type.ts";
import type { SignatureVersion } from "./signature-version.ts";

const DER_FLAGS = VERIFY_DERSIG | VERIFY_LOW_S | VERIFY_STRICTENC;

/** Half the order of the curve, big-endian: the greatest low s. */
const HALF_ORDER = decodeHex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/**
 * First rule that the form of an ECDSA signature, hash type included, breaks under `flags`. An empty
 * signature is a fine way to fail a check. Core: CheckSignatureEncoding.
 */
export function checkSignatureEncoding(signature: Uint8Array, flags: number): ScriptError | null {
  if (signature.length === 0) return null;
  if ((flags & DER_FLAGS) !== 0 && !isStrictDer(signature)) return "SIG_DER";
  if ((flags & VERIFY_LOW_S) !== 0 && !hasLowS(signature)) return "SIG_HIGH_S";
  if ((flags & VERIFY_STRICTENC) !== 0 && !hasKnownHashType(signature)) return "SIG_HASHTYPE";
  return null;
}

/** First rule that the form of a public key breaks under `flags`. Core: CheckPubKeyEncoding. */
export function checkPublicKeyEncoding(
  key: Uint8Array,
  flags: number,
  version: SignatureVersion,
): ScriptError | null {
  if ((flags & VERIFY_STRICTENC) !== 0 && !isCompressed(key) && !isUncompressed(key))
    return "PUBKEYTYPE";
  if ((flags & VERIFY_WITNESS_PUBKEYTYPE) !== 0 && version === "witness-v0" && !isCompressed(key))
    return "WITNESS_PUBKEYTYPE";
  return null;
}

/**
 * 30 [length] 02 [length of r] [r] 02 [length of s] [s] [hash type], each number positive and without
 * needless zeros. Consensus since BIP66, which has this very function.
 */
export function isStrictDer(signature: Uint8Array): boolean {
  const { length } = signature;
  if (length < 9 || length > 73) return false;
  if (signature[0] !== 0x30 || signature[1] !== length - 3) return false;
  const lengthR = signature[3] as number;
  if (5 + lengthR >= length) return false;
  const lengthS = signature[5 + lengthR] as number;
  if (lengthR + lengthS + 7 !== length) return false;
  return isDerInteger(signature, 2, lengthR) && isDerInteger(signature, 4 + lengthR, lengthS);
}

function isDerInteger(signature: Uint8Array, at: number, length: number): boolean {
  if (signature[at] !== 0x02 || length === 0) return false;
  const first = signature[at + 2] as number;
  if (first >= 0x80) return false;
  return length === 1 || first !== 0 || (signature[at + 3] as number) >= 0x80;
}

/** The lax reading zeroes what reaches the order, and zero is low, as in Core's CheckLowS. */
function hasLowS(signature: Uint8Array): boolean {
  const compact = parseDerLax(signature.subarray(0, signature.length - 1));
  if (compact === null) return false;
  for (let i = 0; i < 32; i++) {
    const difference = (compact[32 + i] as number) - (HALF_ORDER[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

function hasKnownHashType(signature: Uint8Array): boolean {
  const type = (signature[signature.length - 1] as number) & ~SIGHASH_ANYONECANPAY;
  return type >= SIGHASH_ALL && type <= SIGHASH_SINGLE;
}

function isCompressed(key: Uint8Array): boolean {
  return key.length === 33 && (key[0] === 2 || key[0] === 3);
}

function isUncompressed(key: Uint8Array): boolean {
  return key.length === 65 && key[0] === 4;
}

/** The first byte tells the length of a key that may be on the curve. Core: CPubKey::ValidSize. */
export function hasKeyLength(key: Uint8Array): boolean {
  const first = key[0];
  if (first === 2 || first === 3) return key.length === 33;
  return key.length === 65 && (first === 4 || first === 6 || first === 7);
}
