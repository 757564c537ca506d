import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { SipHasher } from "../crypto/sip-hash.ts";
import { BitReader, BitWriter } from "./bit-stream.ts";

/** BIP158, basic filter: bits of the remainder, and one false match in so many items. */
const P = 19;
const M = 784_931;
/** Within this many items every number below is exact in a double: n · M < 2^52. */
const MAX_ITEMS = 0xffff_ffff;
const TWO_32 = 0x1_0000_0000;

/**
 * A Golomb-coded set of the items under the key of a block (BIP158). Items that are given twice count
 * once.
 *
 * @param blockHash its first 16 bytes are the key
 */
export function encodeGolombFilter(
  blockHash: Uint8Array,
  items: readonly Uint8Array[],
): Uint8Array {
  const unique = distinct(items);
  const head = new Writer(9).compactSize(unique.length).finish();
  const bits = new BitWriter(Math.ceil((unique.length * (P + 2)) / 8));
  let last = 0;
  for (const value of hashItems(blockHash, unique, unique.length)) {
    const delta = value - last;
    last = value;
    for (let ones = Math.floor(delta / 2 ** P); ones > 0; ) {
      const some = Math.min(ones, 31);
      bits.write(0x7fff_ffff, some);
      ones -= some;
    }
    bits.write(0, 1);
    bits.write(delta % 2 ** P, P);
  }
  const body = bits.finish();
  const filter = new Uint8Array(head.length + body.length);
  filter.set(head);
  filter.set(body, head.length);
  return filter;
}

/**
 * True when one of `items` may be in the filter; false when none is.
 *
 * @throws DecodeError when the filter does not decode
 */
export function matchesGolombFilter(
  filter: Uint8Array,
  blockHash: Uint8Array,
  items: readonly Uint8Array[],
): boolean {
  const { count, bits } = openFilter(filter);
  if (count === 0 || items.length === 0) return false;
  const wanted = hashItems(blockHash, items, count);
  let at = 0;
  let value = 0;
  for (let i = 0; i < count; i++) {
    value += bits.unary() * 2 ** P + bits.read(P);
    while ((wanted[at] as number) < value) if (++at === wanted.length) return false;
    if (wanted[at] === value) return true;
  }
  return false;
}

/** @throws DecodeError unless `filter` is exactly one filter */
export function checkGolombFilter(filter: Uint8Array): void {
  const { count, bits } = openFilter(filter);
  for (let i = 0; i < count; i++) {
    bits.unary();
    bits.read(P);
  }
  if (bits.bytesLeft > 0) throw new DecodeError("excess data in a block filter");
}

function openFilter(filter: Uint8Array): { count: number; bits: BitReader } {
  const reader = new Reader(filter);
  const count = reader.compactSize();
  if (count > MAX_ITEMS) throw new DecodeError("too many items in a block filter");
  return { count, bits: new BitReader(filter, reader.position) };
}

/** Each item as a number below count · M, in ascending order. */
function hashItems(
  blockHash: Uint8Array,
  items: readonly Uint8Array[],
  count: number,
): Float64Array {
  const key = new Reader(blockHash.subarray(0, 16));
  const hasher = new SipHasher(key.u64big(), key.u64big());
  const range = count * M;
  const values = new Float64Array(items.length);
  for (let i = 0; i < items.length; i++) {
    hasher.hash(items[i] as Uint8Array);
    values[i] = reduce(hasher.high, hasher.low, range);
  }
  return values.sort();
}

/** floor(hash · range / 2^64), exact for a range below 2^52. Core: FastRange64. */
function reduce(high: number, low: number, range: number): number {
  const rangeHigh = Math.floor(range / TWO_32);
  const rangeLow = range % TWO_32;
  // high · rangeLow in two words; 32 by 16 bits stay below 2^48.
  const byLow = high * (rangeLow & 0xffff);
  const byHigh = high * (rangeLow >>> 16);
  const sum = byLow + (byHigh % 0x10000) * 0x10000;
  const upper = Math.floor(byHigh / 0x10000) + Math.floor(sum / TWO_32);
  const lowest = Math.floor(
    (Math.floor((low * (rangeLow & 0xffff)) / 0x10000) + low * (rangeLow >>> 16)) / 0x10000,
  );
  const middle = (sum % TWO_32) + low * rangeHigh + lowest;
  return high * rangeHigh + upper + Math.floor(middle / TWO_32);
}

function distinct(items: readonly Uint8Array[]): Uint8Array[] {
  const byKey = new Map<string, Uint8Array>();
  for (const item of items) byKey.set(bytesKey(item), item);
  return [...byKey.values()];
}

/** The bytes as Latin-1, a piece at a time: a script may be longer than a call takes arguments. */
function bytesKey(bytes: Uint8Array): string {
  let key = "";
  for (let at = 0; at < bytes.length; at += 1024)
    key += String.fromCharCode.apply(null, bytes.subarray(at, at + 1024) as unknown as number[]);
  return key;
}
