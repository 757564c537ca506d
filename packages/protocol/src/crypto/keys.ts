import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { writeU32 } from "../bytes/writer.ts";
import { decodePublicKey } from "./public-key.ts";
import { bigEndian, GROUP_ORDER, writeBigEndian } from "./scalar.ts";
import { signatureBackend } from "./secp256k1.ts";
import { taggedHash } from "./tagged-hash.ts";

const NOTHING = new Uint8Array(32);

/** Whether 32 bytes are a secret key: from 1 to the order less 1. */
export function isValidSecret(secret32: Uint8Array): boolean {
  return secp256k1.utils.isValidSecretKey(secret32);
}

/** Whether bytes encode a point of the curve, in any of the three forms. Core: CPubKey::IsFullyValid. */
export function isValidPublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== 33) return decodePublicKey(bytes) !== null;
  // Finding y is what takes time; a backend that adds nothing does it ten times as fast.
  return signatureBackend().tweakPublicKey(bytes, NOTHING) !== null;
}

/** Public key of a secret key, 33 or 65 bytes. */
export function publicKey(secret32: Uint8Array, compressed = true): Uint8Array {
  const key = compressed ? signatureBackend().publicKey(secret32) : null;
  return key ?? secp256k1.getPublicKey(secret32, compressed);
}

/** The x of the public key: how BIP340 names a key. */
export function publicKeyX(secret32: Uint8Array): Uint8Array {
  return schnorr.getPublicKey(secret32);
}

/** The same public key in another form, or null when it is none. */
export function convertPublicKey(bytes: Uint8Array, compressed: boolean): Uint8Array | null {
  return decodePublicKey(bytes)?.toBytes(compressed) ?? null;
}

/**
 * ECDSA signature, compact, with low s, and with an r below 2^255 so that DER takes 71 bytes at most.
 * Nonces by RFC6979, of which each further try adds a counter. Core: CKey::Sign.
 */
export function signEcdsa(hash32: Uint8Array, secret32: Uint8Array): Uint8Array {
  let signature = secp256k1.sign(hash32, secret32, { prehash: false });
  const extraEntropy = new Uint8Array(32);
  for (let counter = 1; (signature[0] as number) >= 0x80; counter++) {
    writeU32(extraEntropy, 0, counter);
    signature = secp256k1.sign(hash32, secret32, { prehash: false, extraEntropy });
  }
  return signature;
}

/** BIP340 signature. `aux32` is fresh randomness, or zeros. */
export function signSchnorr(
  hash32: Uint8Array,
  secret32: Uint8Array,
  aux32: Uint8Array,
): Uint8Array {
  return schnorr.sign(hash32, secret32, aux32);
}

/** 65 bytes from which the key can be recovered, as `signmessage` has it. Core: CKey::SignCompact. */
export function signRecoverable(
  hash32: Uint8Array,
  secret32: Uint8Array,
  compressed = true,
): Uint8Array {
  const signature = secp256k1.sign(hash32, secret32, { prehash: false, format: "recovered" });
  signature[0] = (signature[0] as number) + 27 + (compressed ? 4 : 0);
  return signature;
}

/** The public key that made a `signRecoverable` signature, or null. Core: CPubKey::RecoverCompact. */
export function recoverPublicKey(sig65: Uint8Array, hash32: Uint8Array): Uint8Array | null {
  const header = sig65[0];
  if (sig65.length !== 65 || header === undefined || header < 27 || header > 34) return null;
  const signature = sig65.slice();
  signature[0] = (header - 27) & 3;
  try {
    const compressed = secp256k1.recoverPublicKey(signature, hash32, { prehash: false });
    return convertPublicKey(compressed, ((header - 27) & 4) !== 0);
  } catch {
    return null; // r or s out of range, or no such point
  }
}

/** Secret key + tweak, or null when the tweak or the sum is no secret key (BIP32). */
export function tweakSecret(secret32: Uint8Array, tweak32: Uint8Array): Uint8Array | null {
  const tweak = bigEndian(tweak32);
  const sum = (bigEndian(secret32) + tweak) % GROUP_ORDER;
  if (tweak >= GROUP_ORDER || sum === 0n) return null;
  const tweaked = new Uint8Array(32);
  writeBigEndian(tweaked, 0, sum);
  return tweaked;
}

/** Public key + tweak·G, compressed, or null when there is no such key (BIP32). */
export function tweakPublicKey(pubkey: Uint8Array, tweak32: Uint8Array): Uint8Array | null {
  const compressed = pubkey.length === 33 ? pubkey : convertPublicKey(pubkey, true);
  return compressed && signatureBackend().tweakPublicKey(compressed, tweak32);
}

/** An output key of BIP341: x, and whether its y is odd. */
export interface TapKey {
  readonly x: Uint8Array;
  readonly parity: 0 | 1;
}

/**
 * Output key of an internal key and the root of its script tree; an empty root for no scripts
 * (BIP341: taproot_tweak_pubkey). Null when the internal key is none.
 */
export function tweakTapKey(internalX32: Uint8Array, merkleRoot: Uint8Array): TapKey | null {
  const even = Uint8Array.of(2, ...internalX32);
  const tweaked = tweakPublicKey(even, taggedHash("TapTweak", internalX32, merkleRoot));
  return tweaked && { x: tweaked.subarray(1), parity: tweaked[0] === 3 ? 1 : 0 };
}

/** Secret key of that output key (BIP341: taproot_tweak_seckey). */
export function tweakTapSecret(secret32: Uint8Array, merkleRoot: Uint8Array): Uint8Array | null {
  const key = publicKey(secret32);
  const secret = key[0] === 3 ? negateSecret(secret32) : secret32;
  return tweakSecret(secret, taggedHash("TapTweak", key.subarray(1), merkleRoot));
}

function negateSecret(secret32: Uint8Array): Uint8Array {
  const negated = new Uint8Array(32);
  writeBigEndian(negated, 0, GROUP_ORDER - bigEndian(secret32));
  return negated;
}
