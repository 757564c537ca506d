import { nobleBackend } from "./noble-backend.ts";
import { bigEndian, GROUP_ORDER, writeBigEndian } from "./scalar.ts";
import { schnorrLengthsFit } from "./signature-backend.ts";
import { taggedHash } from "./tagged-hash.ts";

/**
 * ECDSA public key recovery with recovery id 0.
 *
 * @returns 33 bytes, compressed, or null when there is no such key
 */
export type RecoverPublicKey = (sig64: Uint8Array, hash32: Uint8Array) => Uint8Array | null;

/**
 * BIP340 verification from a library that knows only ECDSA.
 *
 * Recovery computes Q = r⁻¹·(s·R − m·G). Give it R = P, the public key lifted to even y (so r is the
 * x of P, recovery id 0), s' = −e·r and m' = −s·r, both mod n: out comes Q = s·G − e·P, which is the
 * R of BIP340. It must have even y and the x that the signature names.
 *
 * Recovery refuses r at or above n, and zero for s'; both, and m' = 0, go to the pure library.
 */
export function verifySchnorrByRecovery(
  recover: RecoverPublicKey,
  sig64: Uint8Array,
  hash32: Uint8Array,
  pubkeyX32: Uint8Array,
): boolean {
  if (!schnorrLengthsFit(sig64, hash32, pubkeyX32)) return false;
  const s = bigEndian(sig64.subarray(32));
  if (s >= GROUP_ORDER) return false;
  const x = bigEndian(pubkeyX32);
  const r = sig64.subarray(0, 32);
  const e = bigEndian(taggedHash("BIP0340/challenge", r, pubkeyX32, hash32));
  const recoveredS = negate((e * x) % GROUP_ORDER);
  const recoveredHash = negate((s * x) % GROUP_ORDER);
  if (x >= GROUP_ORDER || recoveredS === 0n || recoveredHash === 0n) {
    return nobleBackend.verifySchnorr(sig64, hash32, pubkeyX32);
  }
  signature.set(pubkeyX32);
  writeBigEndian(signature, 32, recoveredS);
  writeBigEndian(message, 0, recoveredHash);
  const point = recover(signature, message);
  if (point === null || point[0] !== 2) return false;
  for (let i = 0; i < 32; i++) if (point[i + 1] !== r[i]) return false;
  return true;
}

/** Arguments of the call in hand; a check is one synchronous call. */
const signature = new Uint8Array(64);
const message = new Uint8Array(32);

function negate(scalar: bigint): bigint {
  return scalar === 0n ? 0n : GROUP_ORDER - scalar;
}
