import { decodeHex } from "../bytes/hex.ts";

/** Length of a compact signature: r and s, 32 bytes each, big-endian. */
const COMPACT_LENGTH = 64;

/** Order of the curve, big-endian. */
const ORDER = decodeHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

/** A compact signature as strict DER (BIP66), without a hash type. */
export function encodeDer(sig64: Uint8Array): Uint8Array {
  const r = derInteger(sig64.subarray(0, 32));
  const s = derInteger(sig64.subarray(32, 64));
  return Uint8Array.of(0x30, r.length + s.length, ...r, ...s);
}

function derInteger(value: Uint8Array): number[] {
  let first = 0;
  while (first < 31 && value[first] === 0) first++;
  const digits = [...value.subarray(first)];
  if ((digits[0] as number) >= 0x80) digits.unshift(0);
  return [0x02, digits.length, ...digits];
}

/**
 * r and s of whatever OpenSSL once took for DER: wrong outer length, long-form lengths, padding and
 * trailing bytes pass. Blocks from before BIP66 hold such signatures. A number that does not fit
 * below the order gives all zeros, which no key verifies.
 *
 * Core: src/pubkey.cpp, ecdsa_signature_parse_der_lax.
 *
 * @returns compact signature, or null when even this reading fails
 */
export function parseDerLax(bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] !== 0x30) return null;
  let at = skipSequenceLength(bytes, 1);
  if (at < 0) return null;
  const compact = new Uint8Array(COMPACT_LENGTH);
  let fits = true;
  for (const target of [0, 32]) {
    const integer = readInteger(bytes, at);
    if (integer === null) return null;
    fits = copyInteger(integer, compact.subarray(target, target + 32)) && fits;
    at = integer.byteOffset - bytes.byteOffset + integer.length;
  }
  return fits ? compact : new Uint8Array(COMPACT_LENGTH);
}

/** Position behind the length of the sequence, whose value is not looked at; -1 when cut off. */
function skipSequenceLength(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return -1;
  const length = bytes[at] as number;
  if (length < 0x80) return at + 1;
  const end = at + 1 + (length - 0x80);
  return end > bytes.length ? -1 : end;
}

/** A view of the digits of the integer at `at`. */
function readInteger(bytes: Uint8Array, at: number): Uint8Array | null {
  if (at >= bytes.length || bytes[at] !== 0x02) return null;
  const lengthAt = at + 1;
  if (lengthAt >= bytes.length) return null;
  const short = bytes[lengthAt] as number;
  if (short < 0x80) return view(bytes, lengthAt + 1, short);

  let count = short - 0x80;
  let position = lengthAt + 1;
  if (count > bytes.length - position) return null;
  while (count > 0 && bytes[position] === 0) {
    position++;
    count--;
  }
  if (count >= 4) return null; // as Core, whose size_t would otherwise overflow
  let length = 0;
  for (; count > 0; count--) length = length * 256 + (bytes[position++] as number);
  return view(bytes, position, length);
}

function view(bytes: Uint8Array, start: number, length: number): Uint8Array | null {
  return length > bytes.length - start ? null : bytes.subarray(start, start + length);
}

/** Right-aligns the digits; false when the number has more than 32 bytes or reaches the order. */
function copyInteger(digits: Uint8Array, target: Uint8Array): boolean {
  let first = 0;
  while (first < digits.length && digits[first] === 0) first++;
  const length = digits.length - first;
  if (length > 32) return false;
  target.set(digits.subarray(first), 32 - length);
  for (let i = 0; i < 32; i++) {
    const difference = (target[i] as number) - (ORDER[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
