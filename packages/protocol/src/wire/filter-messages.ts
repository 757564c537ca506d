import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";

const HASH_SIZE = 32;

/** Filters of a range of blocks (BIP157): `getcfilters` and `getcfheaders`. */
export interface FilterRangeQuestion {
  readonly filterType: number;
  readonly startHeight: number;
  /** Hash of the last block. */
  readonly stop: Uint8Array;
}

/** @throws DecodeError unless `payload` is exactly one question */
export function decodeFilterRange(payload: Uint8Array): FilterRangeQuestion {
  const reader = new Reader(payload);
  const filterType = reader.u8();
  const startHeight = reader.u32();
  const stop = reader.take(HASH_SIZE);
  reader.end();
  return { filterType, startHeight, stop };
}

/** `getcfcheckpt` (BIP157): as a range that begins at the genesis block. @throws DecodeError */
export function decodeFilterCheckpoints(payload: Uint8Array): FilterRangeQuestion {
  const reader = new Reader(payload);
  const filterType = reader.u8();
  const stop = reader.take(HASH_SIZE);
  reader.end();
  return { filterType, startHeight: 0, stop };
}

/** `cfilter`. */
export function encodeFilter(type: number, block: Uint8Array, filter: Uint8Array): Uint8Array {
  const writer = new Writer(HASH_SIZE + 10 + filter.length).u8(type).raw(block);
  return writer.compactSize(filter.length).raw(filter).finish();
}

/** `cfheaders`. @param previous the header before the first of `hashes` */
export function encodeFilterHeaders(
  { filterType, stop }: FilterRangeQuestion,
  previous: Uint8Array,
  hashes: readonly Uint8Array[],
): Uint8Array {
  const writer = new Writer(2 * HASH_SIZE + 10).u8(filterType).raw(stop).raw(previous);
  return putHashes(writer, hashes);
}

/** `cfcheckpt`. */
export function encodeFilterCheckpoints(
  { filterType, stop }: FilterRangeQuestion,
  headers: readonly Uint8Array[],
): Uint8Array {
  return putHashes(new Writer(HASH_SIZE + 10).u8(filterType).raw(stop), headers);
}

function putHashes(writer: Writer, hashes: readonly Uint8Array[]): Uint8Array {
  writer.compactSize(hashes.length);
  for (const hash of hashes) writer.raw(hash);
  return writer.finish();
}
