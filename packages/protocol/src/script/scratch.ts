import { writeU32 } from "../bytes/writer.ts";
import { messageRoom } from "../crypto/sha256.ts";

/** For messages that do not fit where they are hashed. */
let large: Uint8Array = new Uint8Array(0);

/** Above this the loop of `copyBytes` loses to the built-in copy and its view. Measured on Node 20. */
const SHORT_COPY = 48;

/**
 * Room of at least `size` bytes in which a message is put together and then hashed, within one
 * synchronous call: one array serves all signatures. Nothing else may be hashed in between.
 */
export function scratchOf(size: number): Uint8Array {
  if (size <= messageRoom.length) return messageRoom;
  if (size > large.length) large = new Uint8Array(size * 2);
  return large;
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
