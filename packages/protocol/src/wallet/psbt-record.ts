import { DecodeError } from "../bytes/decode-error.ts";
import { encodeHex } from "../bytes/hex.ts";
import { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import type { PsbtRecord } from "./psbt.ts";
import { type FieldRules, PROPRIETARY } from "./psbt-field.ts";

/** A record of a map with its key taken apart. */
export interface PsbtField extends PsbtRecord {
  readonly type: number;
  /** The key behind its type. */
  readonly data: Uint8Array;
}

/**
 * Reads a map up to its separator.
 *
 * @param place how Core names the map when its separator is missing
 * @throws DecodeError on a key that is there twice or has not the form of its type
 */
export function readFields(reader: Reader, rules: FieldRules, place: string): PsbtField[] {
  const fields: PsbtField[] = [];
  const seen = new Set<string>();
  while (reader.left > 0) {
    const key = reader.varBytes();
    if (key.length === 0) return fields;
    const keyReader = new Reader(key);
    const type = keyReader.compactSize();
    checkKey(key, type, rules, seen);
    const data = keyReader.take(keyReader.left);
    fields.push({ type, key, data, value: reader.varBytes() });
  }
  throw new DecodeError(`Separator is missing at the end of ${place} map`);
}

function checkKey(key: Uint8Array, type: number, rules: FieldRules, seen: Set<string>): void {
  const rule = rules.get(type);
  const text = encodeHex(key);
  if (seen.has(text)) throw new DecodeError(rule?.duplicate ?? duplicateOfUnknown(type));
  if (rule !== undefined && !rule.lengths.includes(key.length))
    throw new DecodeError(rule.wrongLength);
  if (type === PROPRIETARY) checkProprietary(key);
  seen.add(text);
}

function duplicateOfUnknown(type: number): string {
  return type === PROPRIETARY
    ? "Duplicate Key, proprietary key already found"
    : "Duplicate Key, key for unknown value already provided";
}

/** The type, an identifier behind its length, and a subtype must be there. */
function checkProprietary(key: Uint8Array): void {
  const reader = new Reader(key, 1);
  reader.varBytes();
  reader.compactSize();
}

/** What `read` makes of all of a value. @throws DecodeError in Core's words when it is shorter or longer */
export function readValue<T>(value: Uint8Array, read: (reader: Reader) => T): T {
  const reader = new Reader(value);
  let result: T;
  try {
    result = read(reader);
  } catch (cause) {
    if (!(cause instanceof DecodeError) || cause.message !== "end of data") throw cause;
    throw new DecodeError("Size of value was not the stated size", { cause });
  }
  if (reader.left !== 0) throw new DecodeError("Size of value was not the stated size");
  return result;
}

/** Writes a record from the parts of its key, of which the first is the type. */
export function writeRecord(
  writer: Writer,
  type: number,
  data: Uint8Array,
  value: Uint8Array,
): void {
  // Every type that is known is below 253, a single byte.
  writer
    .compactSize(1 + data.length)
    .u8(type)
    .raw(data)
    .varBytes(value);
}

/** Writes records as they came. */
export function writeRecords(writer: Writer, records: readonly PsbtRecord[]): void {
  for (const { key, value } of records) writer.varBytes(key).varBytes(value);
}
