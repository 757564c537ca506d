import { randomBytes } from "node:crypto";
import { readU32 } from "@compeer/protocol/bytes/reader";

/**
 * Keyed hash of outpoints for tables in memory: HalfSipHash-1-3 of the first 96 bits of the txid and
 * the output number. Whoever grinds txids cannot choose where they fall without knowing the key; to
 * get equal ones he must match 96 bits. (Core: SaltedOutpointHasher.)
 */
export class OutpointHash {
  readonly #k0: number;
  readonly #k1: number;

  constructor() {
    const key = randomBytes(8);
    this.#k0 = key.readInt32LE(0);
    this.#k1 = key.readInt32LE(4);
  }

  /** Signed 32 bits for the txid at bytes[at, at + 32). */
  of(bytes: Uint8Array, at: number, index: number): number {
    let v0 = this.#k0;
    let v1 = this.#k1;
    let v2 = 0x6c796765 ^ v0;
    let v3 = 0x74656462 ^ v1;
    for (let i = 0; i < 7; i++) {
      // Four words of message, then three rounds that finish.
      const word = i < 3 ? readU32(bytes, at + 4 * i) : i === 3 ? index : 0;
      if (i === 4) v2 ^= 0xff;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    return v1 ^ v3;
  }
}
