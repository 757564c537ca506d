import { equalBytes } from "@compeer/protocol/bytes/compare";
import { hasPrefix, IPV4_PREFIX, NET_IPV4, NET_IPV6 } from "@compeer/protocol/wire/address";
import { addressBytes, type HostAddress } from "../addresses/address-class.ts";

/** Sizes and numbers of RFC6887 (PCP, version 2) and RFC6886 (NAT-PMP, version 0). */
const PCP_VERSION = 2;
const PCP_MAP = 1;
const PCP_SIZE = 60;
const NATPMP_VERSION = 0;
const NATPMP_EXTERNAL = 0;
const NATPMP_MAP_TCP = 2;
const NATPMP_HEADER = 8;
const ANSWER = 0x80;
const TCP = 6;
const UNSUPPORTED_VERSION = 1;
const PCP_NO_RESOURCES = 8;
const NATPMP_NO_RESOURCES = 4;

/** What a gateway says to a request; "other-version" when it speaks only the older of the two protocols. */
export type MappingFault = "other-version" | "no-resources" | "refused";

/** A port of the gateway leads here. */
export interface Mapping {
  readonly address: HostAddress;
  readonly port: number;
  /** Seconds. */
  readonly lifetime: number;
}

/** What is asked for. */
export interface MappingWish {
  readonly port: number;
  /** Seconds. */
  readonly lifetime: number;
  /** Twelve bytes, by which the gateway knows us again and we its answer. */
  readonly nonce: Uint8Array;
}

/** A PCP request to map a TCP port. @param own address that we send from */
export function encodePcpMap(wish: MappingWish, own: HostAddress): Uint8Array {
  const bytes = new Uint8Array(PCP_SIZE);
  const view = new DataView(bytes.buffer);
  bytes[0] = PCP_VERSION;
  bytes[1] = PCP_MAP;
  view.setUint32(4, wish.lifetime);
  bytes.set(addressBytes(own), 8);
  bytes.set(wish.nonce, 24);
  bytes[36] = TCP;
  view.setUint16(40, wish.port);
  view.setUint16(42, wish.port);
  // For IPv6 the address outside is the one inside; for IPv4 any will do.
  bytes.set(own.network === NET_IPV4 ? IPV4_PREFIX : own.host, 44);
  return bytes;
}

/** Null when the packet is no answer to the wish. */
export function decodePcpMap(bytes: Uint8Array, wish: MappingWish): Mapping | MappingFault | null {
  if (isOldAnswer(bytes)) return "other-version";
  if (bytes.length < PCP_SIZE || bytes[0] !== PCP_VERSION) return null;
  if (bytes[1] !== (ANSWER | PCP_MAP) || bytes[36] !== TCP) return null;
  const view = viewOf(bytes);
  if (!equalBytes(bytes.subarray(24, 36), wish.nonce) || view.getUint16(40) !== wish.port)
    return null;
  if (bytes[3] !== 0) return bytes[3] === PCP_NO_RESOURCES ? "no-resources" : "refused";
  const lifetime = view.getUint32(4);
  return { address: unwrap(bytes.slice(44, 60)), port: view.getUint16(42), lifetime };
}

/** RFC6887 appendix A: what a gateway that knows NAT-PMP only answers to PCP. */
function isOldAnswer(bytes: Uint8Array): boolean {
  return (
    bytes.length === NATPMP_HEADER &&
    bytes[0] === NATPMP_VERSION &&
    bytes[3] === UNSUPPORTED_VERSION
  );
}

/** A NAT-PMP request for the address outside. */
export function encodeNatPmpAddress(): Uint8Array {
  return Uint8Array.of(NATPMP_VERSION, NATPMP_EXTERNAL);
}

/** Null when the packet is no answer to that. */
export function decodeNatPmpAddress(bytes: Uint8Array): HostAddress | MappingFault | null {
  if (!isNatPmpAnswer(bytes, NATPMP_EXTERNAL, NATPMP_HEADER + 4)) return null;
  if (viewOf(bytes).getUint16(2) !== 0) return "refused";
  return { network: NET_IPV4, host: bytes.slice(8, 12) };
}

/** A NAT-PMP request to map a TCP port. */
export function encodeNatPmpMap({ port, lifetime }: MappingWish): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  bytes[1] = NATPMP_MAP_TCP;
  view.setUint16(4, port);
  view.setUint16(6, port);
  view.setUint32(8, lifetime);
  return bytes;
}

/** Null when the packet is no answer to the wish. */
export function decodeNatPmpMap(
  bytes: Uint8Array,
  wish: MappingWish,
): Omit<Mapping, "address"> | MappingFault | null {
  if (!isNatPmpAnswer(bytes, NATPMP_MAP_TCP, NATPMP_HEADER + 8)) return null;
  const view = viewOf(bytes);
  if (view.getUint16(8) !== wish.port) return null;
  const code = view.getUint16(2);
  if (code !== 0) return code === NATPMP_NO_RESOURCES ? "no-resources" : "refused";
  return { port: view.getUint16(10), lifetime: view.getUint32(12) };
}

function isNatPmpAnswer(bytes: Uint8Array, operation: number, size: number): boolean {
  return bytes.length >= size && bytes[0] === NATPMP_VERSION && bytes[1] === (ANSWER | operation);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unwrap(host: Uint8Array): HostAddress {
  return hasPrefix(host, IPV4_PREFIX)
    ? { network: NET_IPV4, host: host.subarray(12) }
    : { network: NET_IPV6, host };
}
