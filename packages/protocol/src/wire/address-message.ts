import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import {
  decodeAddressV2,
  decodeLegacyAddress,
  encodeAddressV2,
  encodeLegacyAddress,
  type SocketAddress,
} from "./address.ts";
import { decodeServices, encodeServices } from "./compact-services.ts";
import { LimitError } from "./limit-error.ts";

/** Most entries of one addr or addrv2. Core: MAX_ADDR_TO_SEND. */
const MAX_ADDRESSES = 1000;

/** One entry of the gossip about peers. */
export interface GossipedAddress extends SocketAddress {
  /** Seconds since 1970 when it was last seen. */
  readonly time: number;
  readonly services: bigint;
}

export function decodeAddresses(payload: Uint8Array): GossipedAddress[] {
  const reader = new Reader(payload);
  const addresses: GossipedAddress[] = [];
  for (let left = countOf(reader, "addr"); left > 0; left--) {
    const time = reader.u32();
    const services = reader.u64big();
    addresses.push({ time, services, ...decodeLegacyAddress(reader) });
  }
  reader.end();
  return addresses;
}

export function encodeAddresses(addresses: readonly GossipedAddress[]): Uint8Array {
  const writer = new Writer(9 + 30 * addresses.length).compactSize(addresses.length);
  for (const address of addresses) {
    writer.u32(address.time).u64big(address.services);
    encodeLegacyAddress(writer, address);
  }
  return writer.finish();
}

/** BIP155. */
export function decodeAddressesV2(payload: Uint8Array): GossipedAddress[] {
  const reader = new Reader(payload);
  const addresses: GossipedAddress[] = [];
  for (let left = countOf(reader, "addrv2"); left > 0; left--) {
    const time = reader.u32();
    const services = decodeServices(reader);
    addresses.push({ time, services, ...decodeAddressV2(reader) });
  }
  reader.end();
  return addresses;
}

export function encodeAddressesV2(addresses: readonly GossipedAddress[]): Uint8Array {
  const writer = new Writer(9 + 30 * addresses.length).compactSize(addresses.length);
  for (const address of addresses) {
    writer.u32(address.time);
    encodeServices(writer, address.services);
    encodeAddressV2(writer, address);
  }
  return writer.finish();
}

function countOf(reader: Reader, command: string): number {
  const count = reader.compactSize();
  if (count > MAX_ADDRESSES) throw new LimitError(command, count);
  return count;
}
