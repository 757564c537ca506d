import { randomBytes } from "node:crypto";
import type { ShortId } from "@compeer/protocol/wire/short-ids";

/** Longest search for a slot: chance takes a few steps, only a forger takes more. */
const MAX_STEPS = 64;
const EMPTY = -1;

/**
 * Where each short id of a compact block belongs. The ids come from a stranger, so they are spread by
 * factors of our own: nobody can choose ids that fall into one place.
 */
export class ShortIdTable {
  readonly #ids: Float64Array;
  readonly #positions: Int32Array;
  readonly #mask: number;
  readonly #factors: Int32Array = new Int32Array(randomBytes(8).buffer.slice(0, 8));

  constructor(count: number) {
    const size = 2 ** Math.ceil(Math.log2(2 * count + 2));
    this.#mask = size - 1;
    this.#ids = new Float64Array(size);
    this.#positions = new Int32Array(size).fill(EMPTY);
  }

  /** False when the id is there already, or too many fell into one place. */
  add(id: ShortId, position: number): boolean {
    let slot = this.#slot(id);
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      if (this.#positions[slot] === EMPTY) {
        this.#ids[slot] = id;
        this.#positions[slot] = position;
        return true;
      }
      if (this.#ids[slot] === id) return false;
      slot = (slot + 1) & this.#mask;
    }
    return false;
  }

  /** -1 when the block has no such id. */
  find(id: ShortId): number {
    let slot = this.#slot(id);
    while (this.#positions[slot] !== EMPTY) {
      if (this.#ids[slot] === id) return this.#positions[slot] as number;
      slot = (slot + 1) & this.#mask;
    }
    return EMPTY;
  }

  #slot(id: ShortId): number {
    const low = id | 0;
    const high = (id / 0x100000000) | 0;
    let mixed = Math.imul(low ^ (this.#factors[0] as number), 0x9e3779b1);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed ^ high ^ (this.#factors[1] as number), 0x85ebca6b);
    return (mixed ^ (mixed >>> 13)) & this.#mask;
  }
}
