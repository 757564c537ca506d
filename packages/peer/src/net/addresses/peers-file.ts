import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import {
  decodeHostV2,
  decodeLegacyAddress,
  encodeHostV2,
  type SocketAddress,
} from "@compeer/protocol/wire/address";
import { isValid, networkKind } from "./address-class.ts";
import {
  AddressEntry,
  BUCKET_SIZE,
  MAX_REFERENCES,
  NEW_BUCKETS,
  Placement,
  TRIED_BUCKETS,
} from "./address-entry.ts";
import {
  AddressFileError,
  decodeStoredAddress,
  END_OF_FILE,
  encodeStoredAddress,
} from "./address-file.ts";
import { AddressTables } from "./address-tables.ts";
import { checkTables } from "./check-tables.ts";
import type { NetGroups } from "./net-groups.ts";

/** Core: AddrManImpl::Format. */
const FORMAT = 4;
const FORMAT_BIP155 = 3;
const FORMAT_AS_MAP = 2;
const FORMAT_DETERMINISTIC = 1;
const INCOMPATIBILITY_BASE = 32;
/** Makes readers of the first format give up. */
const BUCKETS_MASK = 1 << 30;

/** The file is of a later program; it is kept aside. Core: InvalidAddrManVersionError. */
export class PeersFileVersionError extends Error {}

/** All addresses in Core's format 4 (peers.dat, without magic and checksum). */
export function encodePeers(tables: AddressTables): Uint8Array {
  const { placement, list, newSlots } = tables;
  const writer = new Writer(100_000);
  writer
    .u8(FORMAT)
    .u8(INCOMPATIBILITY_BASE + FORMAT)
    .raw(placement.key);
  writer
    .u32(tables.newCount)
    .u32(tables.triedCount)
    .u32(NEW_BUCKETS ^ BUCKETS_MASK);
  const numbers = new Map<AddressEntry, number>();
  for (const entry of list) {
    if (entry.isTried) continue;
    numbers.set(entry, numbers.size);
    encodeEntry(writer, entry);
  }
  for (const entry of list) if (entry.isTried) encodeEntry(writer, entry);
  for (let bucket = 0; bucket < NEW_BUCKETS; bucket++) {
    const entries: AddressEntry[] = [];
    for (let slot = bucket * BUCKET_SIZE; slot < (bucket + 1) * BUCKET_SIZE; slot++) {
      const entry = newSlots[slot] as AddressEntry | null;
      if (entry !== null) entries.push(entry);
    }
    writer.u32(entries.length);
    for (const entry of entries) writer.u32(numbers.get(entry) as number);
  }
  return writer.raw(placement.groups.checksum).finish();
}

function encodeEntry(writer: Writer, entry: AddressEntry): void {
  encodeStoredAddress(writer, entry);
  encodeHostV2(writer, entry.source);
  writer.u64(entry.lastSuccess).u32(entry.attempts);
}

/**
 * Reads format 0 to 4.
 *
 * @throws AddressFileError in Core's words; PeersFileVersionError when a later program wrote it
 */
export function decodePeers(
  reader: Reader,
  groups: NetGroups,
  log: (text: string) => void,
): AddressTables {
  try {
    return new PeersReader(reader, groups, log).read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const text = error.message === "end of data" ? END_OF_FILE : `${error.message}: iostream error`;
    throw new AddressFileError(text, { cause: error });
  }
}

class PeersReader {
  readonly #reader: Reader;
  readonly #format: number;
  readonly #groups: NetGroups;
  readonly #log: (text: string) => void;

  constructor(reader: Reader, groups: NetGroups, log: (text: string) => void) {
    this.#reader = reader;
    this.#groups = groups;
    this.#log = log;
    this.#format = reader.u8();
    const compatible = reader.u8();
    if (compatible < INCOMPATIBILITY_BASE)
      throw new AddressFileError(
        `Corrupted addrman database: The compat value (${compatible}) is lower than the expected minimum value ${INCOMPATIBILITY_BASE}.: iostream error`,
      );
    const least = compatible - INCOMPATIBILITY_BASE;
    if (least > FORMAT)
      throw new PeersFileVersionError(
        `Unsupported format of addrman database: ${this.#format}. It is compatible with formats >=${least}, but the maximum supported by this version of compeer is ${FORMAT}.`,
      );
  }

  read(): AddressTables {
    const reader = this.#reader;
    const tables = new AddressTables(
      new Placement(reader.take(32).slice(), this.#groups),
      this.#log,
    );
    const newCount = count(reader.i32(), "nNew", NEW_BUCKETS * BUCKET_SIZE);
    const triedCount = count(reader.i32(), "nTried", TRIED_BUCKETS * BUCKET_SIZE);
    const mask = this.#format >= FORMAT_DETERMINISTIC ? BUCKETS_MASK : 0;
    const buckets = reader.i32() ^ mask;
    const entries: AddressEntry[] = [];
    for (let i = 0; i < newCount; i++) entries.push(this.#newEntry(tables));
    let lost = 0;
    for (let i = 0; i < triedCount; i++) if (!this.#triedEntry(tables)) lost++;
    const places = this.#places(buckets, entries);
    const checksum = this.#format >= FORMAT_AS_MAP ? reader.take(32) : new Uint8Array(32);
    const isAsBefore = buckets === NEW_BUCKETS && equalBytes(checksum, this.#groups.checksum);
    if (!isAsBefore)
      this.#log("Bucketing method was updated, re-bucketing addrman entries from disk");
    for (const [bucket, entry] of places) putBack(tables, entry, isAsBefore ? bucket : -1);
    const lostNew = this.#prune(tables, entries);
    if (lost + lostNew > 0)
      this.#log(
        `addrman lost ${lostNew} new and ${lost} tried addresses due to collisions or invalid addresses`,
      );
    const fault = checkTables(tables, this.#log);
    if (fault !== 0)
      throw new AddressFileError(
        `Corrupt data. Consistency check failed with code ${fault}: iostream error`,
      );
    return tables;
  }

  #entry(): AddressEntry {
    const reader = this.#reader;
    const isV2 = this.#format >= FORMAT_BIP155;
    const address = decodeStoredAddress(reader, isV2);
    const source: SocketAddress = isV2 ? { ...decodeHostV2(reader), port: 0 } : legacyHost(reader);
    const entry = new AddressEntry(address, source);
    entry.lastSuccess = reader.i64();
    entry.attempts = reader.i32();
    return entry;
  }

  #newEntry(tables: AddressTables): AddressEntry {
    const entry = this.#entry();
    tables.enter(entry);
    tables.newCount++;
    tables.countOf(networkKind(entry)).new++;
    return entry;
  }

  /** False when its place is taken, or it leads nowhere. */
  #triedEntry(tables: AddressTables): boolean {
    const entry = this.#entry();
    const slot = tables.triedSlot(entry);
    if (!isValid(entry) || tables.triedSlots[slot] !== null) return false;
    tables.enter(entry);
    entry.isTried = true;
    tables.triedSlots[slot] = entry;
    tables.triedCount++;
    tables.countOf(networkKind(entry)).tried++;
    return true;
  }

  #places(buckets: number, entries: readonly AddressEntry[]): [number, AddressEntry][] {
    const places: [number, AddressEntry][] = [];
    for (let bucket = 0; bucket < buckets; bucket++) {
      const size = this.#reader.i32();
      for (let i = 0; i < size; i++) {
        const entry = entries[this.#reader.i32()];
        if (entry !== undefined) places.push([bucket, entry]);
      }
    }
    return places;
  }

  #prune(tables: AddressTables, entries: readonly AddressEntry[]): number {
    const placeless = entries.filter((entry) => entry.references === 0);
    for (const entry of placeless) tables.delete(entry);
    return placeless.length;
  }
}

/** @param bucket where it was; -1 when the places have changed since */
function putBack(tables: AddressTables, entry: AddressEntry, bucket: number): void {
  if (!isValid(entry) || entry.references >= MAX_REFERENCES) return;
  const before = bucket >= 0 ? tables.newSlotIn(entry, bucket) : -1;
  const isFree = before >= 0 && tables.newSlots[before] === null;
  const slot = isFree ? before : tables.newSlot(entry, entry.source);
  if (tables.newSlots[slot] === null) tables.putNew(entry, slot);
}

function count(value: number, name: string, max: number): number {
  if (value < 0 || value > max)
    throw new AddressFileError(
      `Corrupt AddrMan serialization: ${name}=${value}, should be in [0, ${max}]: iostream error`,
    );
  return value;
}

/** Sixteen bytes, without a port. */
function legacyHost(reader: Reader): SocketAddress {
  const bytes = new Uint8Array(18);
  bytes.set(reader.take(16));
  return decodeLegacyAddress(new Reader(bytes));
}
