import type { Slab } from "./slab.ts";

const NOTHING = new Uint8Array(0);
/** Room that is made before more has come. */
const FIRST_ROOM = 4096;

/**
 * Gathers `size` bytes that come in pieces. Room grows with what has arrived, never with what was
 * announced, and many small pieces cost no more than one large.
 */
export class Gatherer {
  readonly #size: number;
  readonly #slab: Slab | null;
  #bytes: Uint8Array = NOTHING;
  #length = 0;

  /** @param slab what few bytes are cut from; by default they get memory of their own */
  constructor(size: number, slab: Slab | null = null) {
    this.#size = size;
    this.#slab = slab;
  }

  /** How many bytes are still to come. */
  get missing(): number {
    return this.#size - this.#length;
  }

  /** Memory that is taken. */
  get room(): number {
    return this.#bytes.length;
  }

  /** @param piece not more than is missing; it is copied */
  push(piece: Uint8Array): void {
    const needed = this.#length + piece.length;
    if (needed > this.#bytes.length) {
      const room = Math.min(this.#size, Math.max(needed * 2, FIRST_ROOM));
      const larger = this.#slab?.cut(room) ?? new Uint8Array(room);
      if (this.#length > 0) larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = needed;
  }

  /** All of them, when nothing is missing. */
  take(): Uint8Array {
    return this.#bytes;
  }
}
