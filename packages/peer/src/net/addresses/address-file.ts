import { randomBytes } from "node:crypto";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import { sha256d } from "@compeer/protocol/crypto/sha256";
import {
  decodeAddressV2,
  decodeLegacyAddress,
  encodeAddressV2,
} from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import { decodeServices, encodeServices } from "@compeer/protocol/wire/compact-services";

/** What the version of a stored address says: the low bits nothing, the high ones the form. Core: CAddress. */
const DISK_VERSION = 220_000;
const DISK_VERSION_MASK = 0x7ffff;
const DISK_ADDRV2 = 1 << 29;
const MAX_ANCHORS_READ = 1000;

/** Why a file of addresses cannot be used, in Core's words. */
export class AddressFileError extends Error {}

/** Puts the network's magic before and a checksum behind what a file of addresses holds. Core: SerializeDB. */
export function sealFile(magic: Uint8Array, content: Uint8Array): Uint8Array {
  const writer = new Writer(content.length + 36).raw(magic).raw(content);
  return writer.raw(sha256d(writer.finish())).finish();
}

/**
 * What `read` makes of a sealed file.
 *
 * @throws AddressFileError when it is of another network or damaged
 */
export function openFile<T>(magic: Uint8Array, bytes: Uint8Array, read: (reader: Reader) => T): T {
  const reader = new Reader(bytes);
  if (!equalBytes(reader.take(Math.min(4, reader.left)), magic))
    throw new AddressFileError(bytes.length < 4 ? END_OF_FILE : "Invalid network magic number");
  const content = read(reader);
  const end = reader.position;
  if (reader.left < 32) throw new AddressFileError(END_OF_FILE);
  if (!equalBytes(reader.take(32), sha256d(bytes.subarray(0, end))))
    throw new AddressFileError("Checksum mismatch, data corrupted");
  return content;
}

export const END_OF_FILE = "AutoFile::read: end of file: iostream error";

export function encodeStoredAddress(writer: Writer, address: GossipedAddress): void {
  writer.u32(DISK_VERSION | DISK_ADDRV2).u32(address.time);
  encodeServices(writer, address.services);
  encodeAddressV2(writer, address);
}

/** @param mayBeV2 whether the form of BIP155 is allowed here */
export function decodeStoredAddress(reader: Reader, mayBeV2 = true): GossipedAddress {
  const form = (reader.u32() & ~DISK_VERSION_MASK) >>> 0;
  const isV2 = form === DISK_ADDRV2 && mayBeV2;
  if (form !== 0 && !isV2)
    throw new AddressFileError("Unsupported CAddress disk format version: iostream error");
  const time = reader.u32();
  const services = isV2 ? decodeServices(reader) : reader.u64big();
  return { time, services, ...(isV2 ? decodeAddressV2(reader) : decodeLegacyAddress(reader)) };
}

/** Whom we shall call first after a restart (anchors.dat). */
export function encodeAnchors(addresses: readonly GossipedAddress[]): Uint8Array {
  const writer = new Writer().compactSize(addresses.length);
  for (const address of addresses) encodeStoredAddress(writer, address);
  return writer.finish();
}

export function decodeAnchors(reader: Reader): GossipedAddress[] {
  const count = reader.compactSize();
  if (count > MAX_ANCHORS_READ) throw new AddressFileError("too many anchors");
  return Array.from({ length: count }, () => decodeStoredAddress(reader));
}

export function randomKey(): Uint8Array {
  return Uint8Array.from(randomBytes(32));
}
