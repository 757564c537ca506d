import { type BlockHeader, decodeHeader, HEADER_SIZE } from "@compeer/protocol/bitcoin/header";

/** All of a header but the hash of the one before it, which whoever takes it out knows. */
const KEPT_SIZE: number = HEADER_SIZE - 32;

/** Headers in a row, first in first out, in one piece of memory. Core: CompressedHeader. */
export class HeaderQueue {
  readonly #bytes: Uint8Array;
  readonly #capacity: number;
  #first = 0;
  length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#bytes = new Uint8Array(capacity * KEPT_SIZE);
  }

  push({ raw }: BlockHeader): void {
    if (this.length === this.#capacity) throw new RangeError("the queue is full");
    const at = ((this.#first + this.length++) % this.#capacity) * KEPT_SIZE;
    this.#bytes.set(raw.subarray(0, 4), at);
    this.#bytes.set(raw.subarray(36), at + 4);
  }

  /** @param prevHash of the header that came before the oldest one */
  shift(prevHash: Uint8Array): BlockHeader {
    if (this.length === 0) throw new RangeError("the queue is empty");
    const at = this.#first * KEPT_SIZE;
    this.#first = (this.#first + 1) % this.#capacity;
    this.length--;
    const raw = new Uint8Array(HEADER_SIZE);
    raw.set(this.#bytes.subarray(at, at + 4));
    raw.set(prevHash, 4);
    raw.set(this.#bytes.subarray(at + 4, at + KEPT_SIZE), 36);
    return decodeHeader(raw);
  }
}
