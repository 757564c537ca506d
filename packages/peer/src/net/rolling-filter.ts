import { randomBytes } from "node:crypto";
import { readU32 } from "@compeer/protocol/bytes/reader";

const HASHES = 20;
const BITS_PER_ENTRY = 32;

/**
 * Remembers at least the last `size` hashes that were put in, in fixed memory; about one in a million
 * others seems to be in as well. Core: CRollingBloomFilter.
 */
export class RollingFilter {
  readonly #half: number;
  readonly #bits: number;
  readonly #salt: number;
  #young: Uint32Array | null = null;
  #old: Uint32Array | null = null;
  #count = 0;

  constructor(size: number) {
    this.#half = size;
    this.#bits = size * BITS_PER_ENTRY;
    this.#salt = readU32(randomBytes(4), 0);
  }

  /** @param hash at least 8 bytes that are spread evenly */
  add(hash: Uint8Array): void {
    if (this.#count === this.#half) {
      const reused = this.#old;
      this.#old = this.#young;
      this.#young = reused?.fill(0) ?? null;
      this.#count = 0;
    }
    this.#young ??= new Uint32Array(this.#bits >>> 5);
    this.#count++;
    let at = this.#start(hash);
    const step = this.#step(hash);
    for (let i = 0; i < HASHES; i++) {
      this.#young[at >>> 5] = (this.#young[at >>> 5] as number) | (1 << (at & 31));
      at = (at + step) % this.#bits;
    }
  }

  has(hash: Uint8Array): boolean {
    return this.#isIn(this.#young, hash) || this.#isIn(this.#old, hash);
  }

  clear(): void {
    this.#young = null;
    this.#old = null;
    this.#count = 0;
  }

  #isIn(words: Uint32Array | null, hash: Uint8Array): boolean {
    if (words === null) return false;
    let at = this.#start(hash);
    const step = this.#step(hash);
    for (let i = 0; i < HASHES; i++) {
      if (((words[at >>> 5] as number) & (1 << (at & 31))) === 0) return false;
      at = (at + step) % this.#bits;
    }
    return true;
  }

  #start(hash: Uint8Array): number {
    return (Math.imul(readU32(hash, 0) ^ this.#salt, 0x9e3779b1) >>> 0) % this.#bits;
  }

  #step(hash: Uint8Array): number {
    return ((Math.imul(readU32(hash, 4) ^ this.#salt, 0x85ebca6b) >>> 0) % (this.#bits - 1)) + 1;
  }
}
