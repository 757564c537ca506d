import { readU32 } from "../bytes/reader.ts";

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** MurmurHash3 (x86, 32 bits) of `data`. Core: src/hash.cpp. */
export function murmurHash3(seed: number, data: Uint8Array): number {
  const words = data.length >>> 2;
  let hash = seed | 0;
  for (let i = 0; i < words; i++) {
    hash ^= scramble(readU32(data, 4 * i));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = data.length - 1; i >= 4 * words; i--) tail = (tail << 8) | (data[i] as number);
  hash ^= scramble(tail);
  hash ^= data.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(word: number): number {
  const product = Math.imul(word, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}
