/** Writes little-endian values into bytes that grow as needed. */
export class Writer {
  #bytes: Uint8Array;
  #length = 0;

  constructor(sizeHint = 256) {
    this.#bytes = new Uint8Array(sizeHint);
  }

  get length(): number {
    return this.#length;
  }

  #grow(by: number): number {
    const start = this.#length;
    const need = start + by;
    if (need > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(need, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#length = need;
    return start;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2);
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >>> 8;
    return this;
  }

  /** Big-endian, as ports are on the wire. */
  u16be(value: number): this {
    return this.u8(value >>> 8).u8(value & 255);
  }

  /** Signed or unsigned: only the low 32 bits are written. */
  u32(value: number): this {
    const at = this.#grow(4);
    writeU32(this.#bytes, at, value);
    return this;
  }

  /** A whole number within ±2^53, as 64 bits in two's complement. */
  u64(value: number): this {
    const at = this.#grow(8);
    writeU64(this.#bytes, at, value);
    return this;
  }

  u64big(value: bigint): this {
    return this.u32(Number(value & 0xffffffffn)).u32(Number((value >> 32n) & 0xffffffffn));
  }

  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  compactSize(value: number): this {
    if (value < 253) return this.u8(value);
    if (value < 0x10000) return this.u8(253).u16(value);
    if (value < 0x100000000) return this.u8(254).u32(value);
    return this.u8(255).u64(value);
  }

  varBytes(bytes: Uint8Array): this {
    return this.compactSize(bytes.length).raw(bytes);
  }

  /** What was written, as a copy of exact length. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** A whole number within ±2^53, as 64 bits in two's complement. */
export function writeU64(bytes: Uint8Array, at: number, value: number): void {
  writeU32(bytes, at, value % 0x100000000);
  writeU32(bytes, at + 4, Math.floor(value / 0x100000000));
}

/** Number of bytes that CompactSize takes for `value`. */
export function compactSizeLength(value: number): number {
  if (value < 253) return 1;
  if (value < 0x10000) return 3;
  return value < 0x100000000 ? 5 : 9;
}
