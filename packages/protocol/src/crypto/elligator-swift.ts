import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sharedPointX } from "#native/key-agreement";
import { swiftLibrary } from "#native/swift-library";
import { publicKey } from "./keys.ts";
import { decodeSwift, encodeSwift, type Random } from "./swift-encoding.ts";
import { taggedHash } from "./tagged-hash.ts";

/** A key for one connection, and how it goes over the wire: 64 bytes that nobody can tell from random ones. */
export interface SwiftKeys {
  readonly secret: Uint8Array;
  readonly encoded: Uint8Array;
}

/** Core: GenerateRandomKey and CKey::EllSwiftCreate. */
export function createSwiftKeys(random: Random): SwiftKeys {
  let secret = random(32);
  while (!secp256k1.utils.isValidSecretKey(secret)) secret = random(32);
  const native = swiftLibrary();
  if (native !== null) return { secret, encoded: native.create(secret, random(32)) };
  return { secret, encoded: encodeSwift(publicKey(secret).subarray(1), random) };
}

/** The secret of both ends (BIP324: v2_ecdh). */
export function swiftSecret(
  ours: SwiftKeys,
  theirEncoded: Uint8Array,
  initiating: boolean,
): Uint8Array {
  const [first, second] = initiating
    ? ([ours.encoded, theirEncoded] as const)
    : ([theirEncoded, ours.encoded] as const);
  const native = swiftLibrary();
  if (native !== null) return native.agree(ours.secret, first, second, initiating);
  const x = sharedX(ours.secret, decodeSwift(theirEncoded));
  return taggedHash("bip324_ellswift_xonly_ecdh", first, second, x);
}

/** The x of secret times point. Which of both points has that x makes no difference. */
function sharedX(secret: Uint8Array, x32: Uint8Array): Uint8Array {
  const point = new Uint8Array(33);
  point[0] = 2;
  point.set(x32, 1);
  const native = sharedPointX();
  if (native !== null) return native(secret, point);
  return secp256k1.getSharedSecret(secret, point).subarray(1);
}
