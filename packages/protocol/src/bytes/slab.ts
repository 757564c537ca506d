/** Bytes that are taken from the system at once. */
const SIZE = 4096;
/** Longer arrays get memory of their own. */
const LONGEST = 1024;

/**
 * Makes short arrays by cutting them from longer ones, in a row: memory of its own costs an array a
 * microsecond and the collector as much. Who keeps one array keeps its neighbours' memory, so a slab serves one
 * stream, whose messages come and go in order; and what is to stay is copied.
 */
export class Slab {
  #bytes = new Uint8Array(0);
  #at = 0;

  /** An array of zeros. */
  cut(length: number): Uint8Array {
    if (length > LONGEST) return new Uint8Array(length);
    if (this.#at + length > this.#bytes.length) {
      this.#bytes = new Uint8Array(SIZE);
      this.#at = 0;
    }
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }
}
