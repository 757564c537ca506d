import { randomBytes } from "node:crypto";

/** Bytes of an obfuscation key. Core: Obfuscation::KEY_SIZE in src/util/obfuscation.h. */
export const KEY_SIZE = 8;

export const ZERO_KEY: Uint8Array = new Uint8Array(KEY_SIZE);

/**
 * A fresh key. Files are stored under one so that virus scanners do not find in them what somebody
 * wrote into the block chain.
 */
export function randomKey(): Uint8Array {
  return new Uint8Array(randomBytes(KEY_SIZE));
}

export function isZeroKey(key: Uint8Array): boolean {
  return key.every((byte) => byte === 0);
}

/** Turns bytes that lie at `offset` of a file or record into their stored form, or back, in place. */
export function obfuscate(bytes: Uint8Array, key: Uint8Array, offset: number): void {
  const shift = offset % KEY_SIZE;
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = (bytes[i] as number) ^ (key[(i + shift) & (KEY_SIZE - 1)] as number);
}
