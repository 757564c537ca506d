/** Room that is made before more has come. */
const FIRST_ROOM = 4096;

/**
 * Gathers `size` bytes that come in pieces. Room grows with what has arrived, never with what was
 * announced, and many small pieces cost no more than one large.
 */
export class Gatherer {
  readonly #size: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(size: number) {
    this.#size = size;
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
      const larger = new Uint8Array(Math.min(this.#size, Math.max(needed * 2, FIRST_ROOM)));
      larger.set(this.#bytes.subarray(0, this.#length));
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
