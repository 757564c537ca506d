import { DecodeError } from "./decode-error.ts";
import { decodeHex, encodeHex } from "./hex.ts";

/** A 32-byte hash in wire order. */
export type Hash = Uint8Array;

/** Key of a hash in a Map: its bytes as 32 characters of Latin-1. Two equal hashes give equal keys. */
export function hashKey(hash: Uint8Array): string {
  return String.fromCharCode.apply(null, hash as unknown as number[]);
}

/** The hash that `hashKey` made `key` of. */
export function keyHash(key: string): Hash {
  const hash = new Uint8Array(key.length);
  for (let i = 0; i < key.length; i++) hash[i] = key.charCodeAt(i);
  return hash;
}

/** Hex as people write a block hash or txid: last byte first. */
export function formatHash(hash: Uint8Array): string {
  return encodeHex(new Uint8Array(hash).reverse());
}

/** @throws DecodeError unless `text` is 64 hex digits */
export function parseHash(text: string): Hash {
  if (text.length !== 64) throw new DecodeError("a hash has 64 hex digits");
  return decodeHex(text).reverse();
}
