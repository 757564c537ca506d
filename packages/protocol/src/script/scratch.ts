import { writeU32 } from "../bytes/writer.ts";

/**
 * Room in which messages to be hashed are put together. Everything that uses it writes, hashes and is
 * done within one synchronous call, so one array serves all: no allocation per signature.
 */
let scratch: Uint8Array = new Uint8Array(4096);

/** Above this the loop of `copyBytes` loses to the built-in copy and its view. Measured on Node 20. */
const SHORT_COPY = 48;

/** The scratch bytes, at least `size` of them; earlier contents do not survive a growth. */
export function scratchOf(size: number): Uint8Array {
  if (size > scratch.length) scratch = new Uint8Array(size * 2);
  return scratch;
}

/** Copies `length` bytes and returns the offset behind them in `to`. */
export function copyBytes(
  from: Uint8Array,
  fromAt: number,
  length: number,
  to: Uint8Array,
  toAt: number,
): number {
  if (length > SHORT_COPY) to.set(from.subarray(fromAt, fromAt + length), toAt);
  else for (let i = 0; i < length; i++) to[toAt + i] = from[fromAt + i] as number;
  return toAt + length;
}

/** Writes the CompactSize of a length below 2^32 and returns the offset behind it. */
export function writeCompactSize(out: Uint8Array, at: number, value: number): number {
  if (value < 253) {
    out[at] = value;
    return at + 1;
  }
  if (value < 0x10000) {
    out[at] = 253;
    out[at + 1] = value;
    out[at + 2] = value >>> 8;
    return at + 3;
  }
  out[at] = 254;
  writeU32(out, at + 1, value);
  return at + 5;
}
