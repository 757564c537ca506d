import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import type { SavedStatistics } from "./confirmation-statistics.ts";
import type { SavedEstimates } from "./fee-estimator.ts";

/** Core: CURRENT_FEES_FILE_VERSION. */
const VERSION = 149_900;
const MAX_BUCKETS = 1_000;
/** A week of blocks. */
const MAX_TARGET = 1_008;
const DOUBLE_SIZE = 8;

/** What `fee_estimates.dat` holds, in bytes. Core: CBlockPolicyEstimator::Write. */
export function encodeFeeEstimates(saved: SavedEstimates): Uint8Array {
  const writer = new Writer(1 << 17).u32(VERSION).u32(0).u32(saved.bestHeight);
  writer.u32(saved.firstHeight).u32(saved.lastHeight);
  writeDoubles(writer, saved.buckets);
  for (const statistics of [saved.medium, saved.short, saved.long])
    writeStatistics(writer, statistics);
  return writer.finish();
}

/**
 * Core: CBlockPolicyEstimator::Read.
 *
 * @throws DecodeError unless the bytes are a whole file of the known version
 */
export function decodeFeeEstimates(bytes: Uint8Array): SavedEstimates {
  const reader = new Reader(bytes);
  const version = reader.i32();
  if (version !== VERSION) throw new DecodeError(`fee estimates of unknown version ${version}`);
  reader.skip(4);
  const bestHeight = reader.u32();
  const firstHeight = reader.u32();
  const lastHeight = reader.u32();
  if (firstHeight > lastHeight || lastHeight > bestHeight)
    throw new DecodeError("fee estimates of an impossible range of heights");
  const buckets = readDoubles(reader, MAX_BUCKETS);
  if (buckets.length < 2) throw new DecodeError("fee estimates with too few buckets");
  if (!buckets.every((bound, i) => i === 0 || bound > (buckets[i - 1] as number)))
    throw new DecodeError("fee estimates with buckets out of order");
  const medium = readStatistics(reader, buckets.length);
  const short = readStatistics(reader, buckets.length);
  const long = readStatistics(reader, buckets.length);
  reader.end();
  return { bestHeight, firstHeight, lastHeight, buckets, medium, short, long };
}

function writeStatistics(writer: Writer, statistics: SavedStatistics): void {
  writer.raw(doubleBytes([statistics.decay])).u32(statistics.scale);
  writeDoubles(writer, statistics.rateSums);
  writeDoubles(writer, statistics.counts);
  for (const rows of [statistics.confirmed, statistics.failed]) {
    writer.compactSize(rows.length);
    for (const row of rows) writeDoubles(writer, row);
  }
}

function readStatistics(reader: Reader, buckets: number): SavedStatistics {
  const [decay = 0] = takeDoubles(reader, 1);
  if (!(decay > 0 && decay < 1)) throw new DecodeError("fee estimates that do not decay");
  const scale = reader.u32();
  if (scale === 0) throw new DecodeError("fee estimates of periods without blocks");
  const rateSums = readRow(reader, buckets);
  const counts = readRow(reader, buckets);
  const confirmed = readRows(reader, buckets, Math.floor(MAX_TARGET / scale));
  const failed = readRows(reader, buckets, confirmed.length);
  if (confirmed.length === 0 || failed.length !== confirmed.length)
    throw new DecodeError("fee estimates with a wrong number of periods");
  return { decay, scale, rateSums, counts, confirmed, failed };
}

function readRows(reader: Reader, buckets: number, max: number): Float64Array[] {
  const length = reader.compactSize();
  if (length > max) throw new DecodeError("fee estimates with too many periods");
  return Array.from({ length }, () => readRow(reader, buckets));
}

function readRow(reader: Reader, buckets: number): Float64Array {
  const row = readDoubles(reader, buckets);
  if (row.length !== buckets) throw new DecodeError("fee estimates with a missing bucket");
  return row;
}

function writeDoubles(writer: Writer, values: Float64Array): void {
  writer.compactSize(values.length).raw(doubleBytes(values));
}

function readDoubles(reader: Reader, max: number): Float64Array {
  const length = reader.compactSize();
  if (length > max) throw new DecodeError("fee estimates with too many buckets");
  return takeDoubles(reader, length);
}

/** Eight bytes each, low first. */
function doubleBytes(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(values.length * DOUBLE_SIZE);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++)
    view.setFloat64(i * DOUBLE_SIZE, values[i] as number, true);
  return bytes;
}

function takeDoubles(reader: Reader, length: number): Float64Array {
  const bytes = reader.take(length * DOUBLE_SIZE);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const value = view.getFloat64(i * DOUBLE_SIZE, true);
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new DecodeError("fee estimates that are no amounts");
    values[i] = value;
  }
  return values;
}
