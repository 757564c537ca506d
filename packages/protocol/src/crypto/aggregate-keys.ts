import { secp256k1 } from "@noble/curves/secp256k1.js";
import { equalBytes } from "../bytes/compare.ts";
import { decodePublicKey } from "./public-key.ts";
import { bigEndian, GROUP_ORDER } from "./scalar.ts";
import { taggedHash } from "./tagged-hash.ts";

const { Point } = secp256k1;

/**
 * The aggregate of compressed public keys, 33 bytes (BIP327: KeyAgg). Null when one is no key, or they
 * cancel out.
 */
export function aggregatePublicKeys(keys: readonly Uint8Array[]): Uint8Array | null {
  const [first] = keys;
  const list = taggedHash("KeyAgg list", ...keys);
  const second = keys.find((key) => first !== undefined && !equalBytes(key, first));
  let sum = Point.ZERO;
  for (const key of keys) {
    const point = decodePublicKey(key);
    if (point === null) return null;
    const isSecond = second !== undefined && equalBytes(key, second);
    const coefficient = isSecond
      ? 1n
      : bigEndian(taggedHash("KeyAgg coefficient", list, key)) % GROUP_ORDER;
    sum = sum.add(point.multiplyUnsafe(coefficient));
  }
  return sum.is0() ? null : sum.toBytes(true);
}
