import { DecodeError } from "../bytes/decode-error.ts";

/** Writes bits, the highest of each byte first. Core: BitStreamWriter. */
export class BitWriter {
  #bytes: Uint8Array;
  #length = 0;
  /** Bits of the last byte that are taken; 8 when it is full. */
  #used = 8;

  constructor(sizeHint: number) {
    this.#bytes = new Uint8Array(Math.max(1, sizeHint));
  }

  /** @param count 0–32: so many low bits of `value` */
  write(value: number, count: number): void {
    for (let left = count; left > 0; ) {
      if (this.#used === 8) this.#next();
      const taken = Math.min(8 - this.#used, left);
      const bits = (value >>> (left - taken)) & ((1 << taken) - 1);
      const at = this.#length - 1;
      this.#bytes[at] = (this.#bytes[at] as number) | (bits << (8 - this.#used - taken));
      this.#used += taken;
      left -= taken;
    }
  }

  #next(): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#length++;
    this.#used = 0;
  }

  /** What was written; the last byte is filled up with zeros. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads bits, the highest of each byte first. Core: BitStreamReader. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** In bits. */
  #at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = 8 * start;
  }

  /** Whole bytes that were not begun. */
  get bytesLeft(): number {
    return this.#bytes.length - Math.ceil(this.#at / 8);
  }

  /** @param count 0–31. @throws DecodeError at the end */
  read(count: number): number {
    if (this.#at + count > 8 * this.#bytes.length) throw new DecodeError("end of bits");
    let value = 0;
    for (let left = count; left > 0; ) {
      const used = this.#at & 7;
      const taken = Math.min(8 - used, left);
      const byte = this.#bytes[this.#at >>> 3] as number;
      value = (value << taken) | ((byte >>> (8 - used - taken)) & ((1 << taken) - 1));
      this.#at += taken;
      left -= taken;
    }
    return value;
  }

  /** Ones up to the next zero, which is read too. @throws DecodeError at the end */
  unary(): number {
    let count = 0;
    while (this.read(1) === 1) count++;
    return count;
  }
}
