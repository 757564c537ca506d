/** Records lie at multiples of eight bytes; a place counts in these units. */
export const UNIT = 8;
const CHUNK_BYTES = 256 * 1024;
const CHUNK_UNITS: number = CHUNK_BYTES / UNIT;
/** Place 0 says "none", so the first unit stays unused. */
const FIRST = 1;

/**
 * Memory for records of different sizes, in chunks that are never moved. A freed record is used
 * again by the next of the same size; sizes of coins are few, so little is lost.
 */
export class CoinArena {
  /** The same memory twice: as bytes and as 32-bit words. */
  readonly chunks: Uint8Array[] = [];
  readonly words: Int32Array[] = [];
  /** First free record by size in units; a free record's first word leads to the next one. */
  #free: Int32Array = new Int32Array(64);
  #next = 0;
  #end = 0;

  /** Bytes taken from the system. */
  get bytes(): number {
    return this.chunks.length * CHUNK_BYTES;
  }

  /** Place of a record of `units`; its content is left from whoever had it before. */
  allocate(units: number): number {
    const free = units < this.#free.length ? (this.#free[units] as number) : 0;
    if (free !== 0) {
      this.#free[units] = (this.words[chunkOf(free)] as Int32Array)[wordOf(free)] as number;
      return free;
    }
    if (units > this.#end - this.#next) this.#addChunk();
    const place = this.#next;
    this.#next += units;
    return place;
  }

  free(place: number, units: number): void {
    if (units >= this.#free.length) {
      const larger = new Int32Array(units * 2);
      larger.set(this.#free);
      this.#free = larger;
    }
    (this.words[chunkOf(place)] as Int32Array)[wordOf(place)] = this.#free[units] as number;
    this.#free[units] = place;
  }

  #addChunk(): void {
    const start = this.chunks.length * CHUNK_UNITS;
    const bytes = new Uint8Array(CHUNK_BYTES);
    this.chunks.push(bytes);
    this.words.push(new Int32Array(bytes.buffer));
    this.#next = start === 0 ? FIRST : start;
    this.#end = start + CHUNK_UNITS;
  }
}

/** Number of the chunk that holds a place. */
export function chunkOf(place: number): number {
  return place >>> 15; // CHUNK_UNITS is 2^15
}

/** Offset of a place in its chunk's words. */
export function wordOf(place: number): number {
  return (place & (CHUNK_UNITS - 1)) << 1;
}
