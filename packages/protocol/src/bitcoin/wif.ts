import { concatBytes } from "../bytes/compare.ts";
import { decodeBase58Check, encodeBase58Check } from "./base58.ts";
import type { Network } from "./network.ts";

/** A secret key and the form of the public key that goes with it. */
export interface WifKey {
  readonly secret: Uint8Array;
  readonly compressed: boolean;
}

const SECRET_SIZE = 32;
const COMPRESSED = 1;

/**
 * The key of a text in wallet import format; null when it is none of `network`. Whether the number is
 * in the range of keys is not looked at here. Core: DecodeSecret.
 */
export function decodeSecretKey(text: string, network: Network): WifKey | null {
  const bytes = decodeBase58Check(text, 1 + SECRET_SIZE + 1);
  if (bytes === null || bytes[0] !== network.secretKeyPrefix) return null;
  const compressed = bytes.length === 1 + SECRET_SIZE + 1 && bytes[1 + SECRET_SIZE] === COMPRESSED;
  if (!compressed && bytes.length !== 1 + SECRET_SIZE) return null;
  return { secret: bytes.slice(1, 1 + SECRET_SIZE), compressed };
}

/** Core: EncodeSecret. */
export function encodeSecretKey(key: WifKey, network: Network): string {
  const end = key.compressed ? Uint8Array.of(COMPRESSED) : new Uint8Array(0);
  return encodeBase58Check(concatBytes(Uint8Array.of(network.secretKeyPrefix), key.secret, end));
}
