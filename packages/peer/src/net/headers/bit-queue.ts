/** Bits, first in first out, eight a byte. */
export class BitQueue {
  #bytes: Uint8Array = new Uint8Array(64);
  #first = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#first;
  }

  push(bit: number): void {
    if (this.#end === 8 * this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const at = this.#end >>> 3;
    this.#bytes[at] = (this.#bytes[at] as number) | ((bit & 1) << (this.#end & 7));
    this.#end++;
  }

  /** The oldest bit. @throws RangeError when there is none */
  shift(): number {
    if (this.length === 0) throw new RangeError("no bit left");
    const at = this.#first++;
    return ((this.#bytes[at >>> 3] as number) >>> (at & 7)) & 1;
  }
}
