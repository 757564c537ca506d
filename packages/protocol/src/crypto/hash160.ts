import { ripemd160 as pureRipemd160, sha1 as pureSha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "./sha256.ts";
import {
  BUFFER,
  BUFFER_LENGTH,
  loadMessage,
  RESULT,
  readResult,
  scalarHashes,
} from "./sha256-scalar.ts";

/** RIPEMD-160, as OP_RIPEMD160 has it. */
export function ripemd160(data: Uint8Array): Uint8Array {
  return pureRipemd160(data);
}

/** SHA-1, as OP_SHA1 has it. Broken for collisions; part of consensus all the same. */
export function sha1(data: Uint8Array): Uint8Array {
  return pureSha1(data);
}

/** RIPEMD-160 of SHA-256: what addresses of keys and scripts commit to. Core: Hash160. */
export function hash160(data: Uint8Array): Uint8Array {
  if (data.length > BUFFER_LENGTH) return pureRipemd160(sha256(data));
  const out = new Uint8Array(20);
  hash160Into(data, out, 0);
  return out;
}

/** `hash160` of at most 520 bytes, as much as a script can push, written into `out` at `outAt`. */
export function hash160Into(data: Uint8Array, out: Uint8Array, outAt: number): void {
  loadMessage(data, 0, data.length);
  scalarHashes.hash160(BUFFER, data.length, RESULT);
  readResult(20, out, outAt);
}
