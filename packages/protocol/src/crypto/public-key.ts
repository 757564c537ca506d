import { secp256k1 } from "@noble/curves/secp256k1.js";

/** A point of the curve, as @noble/curves has it. */
export type CurvePoint = InstanceType<typeof secp256k1.Point>;

/**
 * The point that a public key encodes: 33 bytes compressed, 65 bytes uncompressed, or 65 bytes
 * hybrid, whose first byte (6 even, 7 odd) must tell the truth about y. Null for anything else.
 * Core: secp256k1_eckey_pubkey_parse.
 */
export function decodePublicKey(bytes: Uint8Array): CurvePoint | null {
  const first = bytes[0];
  const hybrid = bytes.length === 65 && (first === 6 || first === 7);
  if (hybrid && (bytes[64] as number) % 2 !== first % 2) return null;
  try {
    return secp256k1.Point.fromBytes(hybrid ? uncompressed(bytes) : bytes);
  } catch {
    return null; // the library has no other word for "not on the curve"
  }
}

function uncompressed(hybrid: Uint8Array): Uint8Array {
  const bytes = hybrid.slice();
  bytes[0] = 4;
  return bytes;
}
