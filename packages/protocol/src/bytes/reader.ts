import { DecodeError } from "./decode-error.ts";

/** Largest length that any serialised prefix may announce. Core: MAX_SIZE. */
export const MAX_SIZE = 0x02000000;

/** Reads little-endian values off bytes, in order; every read is checked against what is left. */
export class Reader {
  readonly bytes: Uint8Array;
  /** Offset of the next byte to read. */
  position: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.#end = end;
  }

  /** Number of bytes not yet read. */
  get left(): number {
    return this.#end - this.position;
  }

  /** Moves past `length` bytes and returns where they began. @throws DecodeError when fewer are left */
  skip(length: number): number {
    const start = this.position;
    if (length > this.#end - start) throw new DecodeError("end of data");
    this.position = start + length;
    return start;
  }

  u8(): number {
    return this.bytes[this.skip(1)] as number;
  }

  u16(): number {
    const at = this.skip(2);
    return (this.bytes[at] as number) | ((this.bytes[at + 1] as number) << 8);
  }

  /** Big-endian, as ports are on the wire. */
  u16be(): number {
    const at = this.skip(2);
    return ((this.bytes[at] as number) << 8) | (this.bytes[at + 1] as number);
  }

  u32(): number {
    return readU32(this.bytes, this.skip(4));
  }

  i32(): number {
    return readU32(this.bytes, this.skip(4)) | 0;
  }

  /** Nearest number to an unsigned 64-bit value: exact up to 2^53. */
  u64(): number {
    return readU64(this.bytes, this.skip(8));
  }

  /** Nearest number to a signed 64-bit value: exact within ±2^53. */
  i64(): number {
    return readI64(this.bytes, this.skip(8));
  }

  u64big(): bigint {
    const at = this.skip(8);
    return BigInt(readU32(this.bytes, at)) | (BigInt(readU32(this.bytes, at + 4)) << 32n);
  }

  /** A view of the next `length` bytes, not a copy. */
  take(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.subarray(start, start + length);
  }

  /** CompactSize: shortest form only, at most MAX_SIZE. @throws DecodeError otherwise */
  compactSize(): number {
    const value = this.compactSizeUnbounded();
    if (value > MAX_SIZE) throw new DecodeError("size too large");
    return value;
  }

  /** CompactSize that is a value and no length: shortest form only, any 64-bit size (nearest number). */
  compactSizeUnbounded(): number {
    const first = this.u8();
    if (first < 253) return first;
    if (first === 253) return canonical(this.u16(), 253);
    if (first === 254) return canonical(this.u32(), 0x10000);
    return canonical(this.u64(), 0x100000000);
  }

  /** Bytes behind their own length. @throws DecodeError when longer than `max` or than what is left */
  varBytes(max: number = MAX_SIZE): Uint8Array {
    const length = this.compactSize();
    if (length > max) throw new DecodeError(`length ${length} over the limit of ${max}`);
    return this.take(length);
  }

  /** @throws DecodeError when bytes are left over */
  end(): void {
    if (this.left !== 0) throw new DecodeError(`${this.left} bytes left over`);
  }
}

function canonical(value: number, least: number): number {
  if (value < least) throw new DecodeError("non-canonical ReadCompactSize()");
  return value;
}

/** Unsigned 32-bit little-endian value at `at`; the caller has checked the bounds. */
export function readU32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

/** Nearest number to the unsigned 64-bit little-endian value at `at`. */
function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) + readU32(bytes, at + 4) * 0x100000000;
}

/** Nearest number to the signed 64-bit little-endian value at `at`. Sign and size survive the rounding. */
export function readI64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) + (readU32(bytes, at + 4) | 0) * 0x100000000;
}
