import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { type CurvePoint, decodePublicKey } from "./public-key.ts";
import { bigEndian } from "./scalar.ts";
import {
  ecdsaLengthsFit,
  type SignatureBackend,
  schnorrLengthsFit,
  tweakLengthsFit,
} from "./signature-backend.ts";

const { Point } = secp256k1;
const { Fn } = Point;

/** Pure JavaScript: slow, needs nothing, and judges the corner cases that other backends hand over. */
export const nobleBackend: SignatureBackend = {
  name: "noble (JavaScript)",

  verifyEcdsa(sig64, hash32, pubkey) {
    if (!ecdsaLengthsFit(sig64, hash32, pubkey)) return false;
    const point = decodePublicKey(pubkey);
    if (point === null) return false;
    const options = { prehash: false, lowS: false };
    return secp256k1.verify(sig64, hash32, point.toBytes(true), options);
  },

  verifySchnorr(sig64, hash32, pubkeyX32) {
    if (!schnorrLengthsFit(sig64, hash32, pubkeyX32)) return false;
    return schnorr.verify(sig64, hash32, pubkeyX32);
  },

  checkTapTweak(internalX32, tweak32, outputX32, parity) {
    if (!tweakLengthsFit(internalX32, tweak32, outputX32)) return false;
    const tweak = bigEndian(tweak32);
    const internal = liftX(internalX32);
    if (internal === null || tweak >= Fn.ORDER) return false;
    const output = internal.add(Point.BASE.multiplyUnsafe(tweak));
    if (output.is0()) return false;
    const { x, y } = output.toAffine();
    return x === bigEndian(outputX32) && (y & 1n) === BigInt(parity);
  },

  publicKey(secret32) {
    return secp256k1.utils.isValidSecretKey(secret32) ? secp256k1.getPublicKey(secret32) : null;
  },

  tweakPublicKey(pubkey33, tweak32) {
    if (pubkey33.length !== 33 || tweak32.length !== 32) return null;
    const point = decodePublicKey(pubkey33);
    const tweak = bigEndian(tweak32);
    if (point === null || tweak >= Fn.ORDER) return null;
    const sum = point.add(Point.BASE.multiplyUnsafe(tweak));
    return sum.is0() ? null : sum.toBytes(true);
  },
};

/** The point with this x and even y (BIP340: lift_x), or null. */
function liftX(x32: Uint8Array): CurvePoint | null {
  const compressed = new Uint8Array(33);
  compressed[0] = 2;
  compressed.set(x32, 1);
  return decodePublicKey(compressed);
}
