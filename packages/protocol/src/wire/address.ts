import { DecodeError } from "../bytes/decode-error.ts";
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

/** Networks as BIP155 numbers them. */
export const NET_IPV4 = 1;
export const NET_IPV6 = 2;
export const NET_TORV3 = 4;
export const NET_I2P = 5;
export const NET_CJDNS = 6;

/** Longest address that an addrv2 entry may carry (BIP155). */
const MAX_ADDRESS_SIZE = 512;

/** Bytes an address of a network has (BIP155); others are unknown and may have any length. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [NET_IPV4, 4],
  [NET_IPV6, 16],
  [NET_TORV3, 32],
  [NET_I2P, 32],
  [NET_CJDNS, 16],
]);

export const IPV4_PREFIX: Uint8Array = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255);
/** OnionCat: addresses of Tor v2, which is gone (BIP155). */
const TORV2_PREFIX = Uint8Array.of(0xfd, 0x87, 0xd8, 0x7e, 0xeb, 0x43);

export interface SocketAddress {
  /** As BIP155 numbers it. */
  readonly network: number;
  /** 4 to 32 bytes, as the network has them. */
  readonly host: Uint8Array;
  readonly port: number;
}

/** Nothing: `[::]:0`. */
export const EMPTY_ADDRESS: SocketAddress = {
  network: NET_IPV6,
  host: new Uint8Array(16),
  port: 0,
};

/** 16 bytes with IPv4 mapped into IPv6, then the port. */
export function decodeLegacyAddress(reader: Reader): SocketAddress {
  const host = reader.take(16).slice();
  const port = reader.u16be();
  if (hasPrefix(host, IPV4_PREFIX)) return { network: NET_IPV4, host: host.slice(12), port };
  return {
    network: NET_IPV6,
    host: hasPrefix(host, TORV2_PREFIX) ? new Uint8Array(16) : host,
    port,
  };
}

/** What fits in no IPv6 address is written as zeros. */
export function encodeLegacyAddress(writer: Writer, { network, host, port }: SocketAddress): void {
  if (network === NET_IPV4) writer.raw(IPV4_PREFIX).raw(host);
  else if (network === NET_IPV6) writer.raw(host);
  else writer.raw(new Uint8Array(16));
  writer.u16be(port);
}

/** Network, address and port of an addrv2 entry; unknown networks are kept for the caller to skip. */
export function decodeAddressV2(reader: Reader): SocketAddress {
  return { ...decodeHostV2(reader), port: reader.u16be() };
}

/** An address without its port; what has no place in IPv6 here (BIP155) is read as `[::]`. */
export function decodeHostV2(reader: Reader): Omit<SocketAddress, "port"> {
  const network = reader.u8();
  const size = reader.compactSize();
  if (size > MAX_ADDRESS_SIZE) throw new DecodeError(`Address too long: ${size} > 512`);
  const expected = SIZES.get(network);
  if (expected !== undefined && expected !== size)
    throw new DecodeError(`BIP155 address of network ${network} with length ${size}`);
  const host = reader.take(size).slice();
  const isMisplaced =
    network === NET_IPV6 && (hasPrefix(host, IPV4_PREFIX) || hasPrefix(host, TORV2_PREFIX));
  return { network, host: isMisplaced ? new Uint8Array(16) : host };
}

export function encodeAddressV2(writer: Writer, address: SocketAddress): void {
  encodeHostV2(writer, address);
  writer.u16be(address.port);
}

export function encodeHostV2(writer: Writer, { network, host }: Omit<SocketAddress, "port">): void {
  writer.u8(network).varBytes(host);
}

export function hasPrefix(bytes: Uint8Array, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
}
