import { type BlockHeader, HEADER_SIZE } from "@compeer/protocol/bitcoin/header";

const SLOT = HEADER_SIZE + 32;
const SLOTS = 1024;

/** Where a header and its hash lie in memory: an array of each for every header would take several times as much. */
export interface HeaderSlot {
  readonly slab: Uint8Array;
  readonly at: number;
}

/** Keeps the bytes of many headers, each with its hash behind it. */
export class HeaderSlabs {
  #slab = new Uint8Array(0);
  #used = 0;

  put(header: BlockHeader): HeaderSlot {
    if (this.#used === this.#slab.length) {
      this.#slab = new Uint8Array(SLOT * SLOTS);
      this.#used = 0;
    }
    const at = this.#used;
    this.#slab.set(header.raw, at);
    this.#slab.set(header.hash, at + HEADER_SIZE);
    this.#used += SLOT;
    return { slab: this.#slab, at };
  }
}
