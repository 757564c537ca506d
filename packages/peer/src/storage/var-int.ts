import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import type { Reader } from "@compeer/protocol/bytes/reader";
import type { Writer } from "@compeer/protocol/bytes/writer";

/**
 * The variable-length integer of Core's own files: base 128, high digit first, a set top bit says
 * that more follow, and each but the last digit counts one more, so that every value has one form.
 * Not CompactSize. Core: VARINT in src/serialize.h.
 */

const MAX_BYTES = 10; // what 64 bits take

/** Writes a whole number up to 2^53 at `at`; returns the offset behind it. */
export function putVarInt(bytes: Uint8Array, at: number, value: number): number {
  if (value < 128) {
    bytes[at] = value;
    return at + 1;
  }
  const end = at + varIntLength(value);
  let left = value;
  for (let i = end - 1; i >= at; i--) {
    bytes[i] = (left % 128) | (i === end - 1 ? 0 : 128);
    left = Math.floor(left / 128) - 1;
  }
  return end;
}

export function varIntLength(value: number): number {
  let length = 1;
  for (let left = value; left > 127; left = Math.floor(left / 128) - 1) length++;
  return length;
}

export function writeVarInt(writer: Writer, value: number): void {
  const bytes = new Uint8Array(MAX_BYTES);
  writer.raw(bytes.subarray(0, putVarInt(bytes, 0, value)));
}

/** Nearest number to the value; exact up to 2^53. @throws DecodeError when it takes more than 64 bits */
export function readVarInt(reader: Reader): number {
  let value = 0;
  for (let i = 0; i < MAX_BYTES; i++) {
    const byte = reader.u8();
    value = value * 128 + (byte & 127);
    if (byte < 128) return value;
    value++;
  }
  throw new DecodeError("variable-length integer too long");
}
