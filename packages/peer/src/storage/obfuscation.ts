import { randomBytes } from "node:crypto";

/** Bytes of an obfuscation key. Core: Obfuscation::KEY_SIZE in src/util/obfuscation.h. */
export const KEY_SIZE = 8;

/** Bytes from which on it pays to go by words. */
const LONG = 64;

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
  if (isZeroKey(key)) return;
  const turned = new Uint8Array(KEY_SIZE);
  for (let i = 0; i < KEY_SIZE; i++) turned[i] = key[(i + offset) % KEY_SIZE] as number;
  const inWords = bytes.length >= LONG && bytes.byteOffset % 4 === 0 ? bytes.length & ~7 : 0;
  if (inWords > 0)
    obfuscateWords(new Int32Array(bytes.buffer, bytes.byteOffset, inWords / 4), turned);
  for (let i = inWords; i < bytes.length; i++)
    bytes[i] = (bytes[i] as number) ^ (turned[i & (KEY_SIZE - 1)] as number);
}

/** Four times as fast as byte by byte (bench/coin-cache). */
function obfuscateWords(words: Int32Array, key: Uint8Array): void {
  const [first, second] = new Int32Array(key.buffer) as unknown as [number, number];
  for (let i = 0; i < words.length; i += 2) {
    words[i] = (words[i] as number) ^ first;
    words[i + 1] = (words[i + 1] as number) ^ second;
  }
}
