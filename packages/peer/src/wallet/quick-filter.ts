import { readU32 } from "@compeer/protocol/bytes/reader";

const BITS = 20;

/**
 * Tells in a few nanoseconds of most things that they are not among those added, so that only the rest
 * is looked up by a key made for it. What is added must be random in the four bytes looked at.
 */
export class QuickFilter {
  readonly #bits: Uint8Array = new Uint8Array(2 ** (BITS - 3));

  /** @param at offset of four bytes that differ between the things */
  add(bytes: Uint8Array, at: number): void {
    const slot = readU32(bytes, at) >>> (32 - BITS);
    this.#bits[slot >> 3] = (this.#bits[slot >> 3] as number) | (1 << (slot & 7));
  }

  /** False when it was never added. */
  mayHave(bytes: Uint8Array, at: number): boolean {
    const slot = readU32(bytes, at) >>> (32 - BITS);
    return ((this.#bits[slot >> 3] as number) & (1 << (slot & 7))) !== 0;
  }
}
