import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import {
  NET_CJDNS,
  NET_I2P,
  NET_IPV6,
  NET_TORV3,
  type SocketAddress,
} from "@compeer/protocol/wire/address";
import { formatHostPort, formatSocketAddress, toSocketAddress } from "../socket-text.ts";
import { type HostAddress, INTERNAL_PREFIX, isInternal } from "./address-class.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
const ONION = ".onion";
const I2P = ".b32.i2p";
const ONION_VERSION = 3;
/** Key, checksum of two bytes and version. */
const ONION_BYTES = 35;
const KEY_BYTES = 32;

/** "1.2.3.4:8333", "[2a00::1]:8333", "….onion:8333". Core: CService::ToStringAddrPort. */
export function formatAddress(address: SocketAddress): string {
  return formatHostPort({ host: formatHost(address), port: address.port });
}

/** Core: CNetAddr::ToStringAddr. */
export function formatHost({ network, host }: HostAddress): string {
  if (isInternal({ network, host }))
    return `${encodeBase32(host.subarray(INTERNAL_PREFIX.length))}.internal`;
  switch (network) {
    case NET_TORV3: {
      const text = new Uint8Array(ONION_BYTES);
      text.set(host);
      text.set(onionChecksum(host), KEY_BYTES);
      text[ONION_BYTES - 1] = ONION_VERSION;
      return encodeBase32(text) + ONION;
    }
    case NET_I2P:
      return encodeBase32(host) + I2P;
    default: {
      const kind = network === NET_CJDNS ? NET_IPV6 : network;
      const text = formatSocketAddress({ network: kind, host, port: 0 });
      return text.replace(/^\[|\]?:0$/g, "");
    }
  }
}

/** An address of any network, never a name to look up; null when it is none. Core: LookupHost without DNS. */
export function parseHost(text: string, port: number): SocketAddress | null {
  if (isIP(text) !== 0 && !text.includes("%"))
    return unmapped(toSocketAddress({ host: text, port }));
  const lower = text.toLowerCase();
  if (lower.endsWith(ONION)) return parseOnion(lower.slice(0, -ONION.length), port);
  if (!lower.endsWith(I2P)) return null;
  const key = decodeBase32(lower.slice(0, -I2P.length));
  return key?.length === KEY_BYTES ? { network: NET_I2P, host: key, port } : null;
}

function parseOnion(text: string, port: number): SocketAddress | null {
  const bytes = decodeBase32(text);
  if (bytes?.length !== ONION_BYTES || bytes[ONION_BYTES - 1] !== ONION_VERSION) return null;
  const host = bytes.slice(0, KEY_BYTES);
  const isIntact = equalBytes(bytes.subarray(KEY_BYTES, KEY_BYTES + 2), onionChecksum(host));
  return isIntact ? { network: NET_TORV3, host, port } : null;
}

/** `::ffff:1.2.3.4` is IPv4 in another dress. */
function unmapped(address: SocketAddress): SocketAddress {
  const text = formatSocketAddress(address);
  const words = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]/.exec(text);
  if (words === null) return address;
  return toSocketAddress({ host: address.host.subarray(12).join("."), port: address.port });
}

function onionChecksum(key: Uint8Array): Uint8Array {
  const hash = createHash("sha3-256").update(".onion checksum").update(key);
  return hash.update(Uint8Array.of(ONION_VERSION)).digest().subarray(0, 2);
}

/** RFC 4648, lower case, without padding. */
function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += LETTERS[(value >>> (bits - 5)) & 31];
  }
  return bits > 0 ? text + LETTERS[(value << (5 - bits)) & 31] : text;
}

/** Null on a letter that is none of base32, and on bits left over that are not zero. */
function decodeBase32(text: string): Uint8Array | null {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    const five = LETTERS.indexOf(letter);
    if (five < 0) return null;
    value = ((value << 5) | five) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 255);
  }
  return bits < 5 && (value & ((1 << bits) - 1)) === 0 ? Uint8Array.from(bytes) : null;
}

/** Stands for a name, as source of the addresses that a seed gave. Core: CNetAddr::SetInternal. */
export function internalAddress(name: string): SocketAddress {
  const host = new Uint8Array(16);
  host.set(INTERNAL_PREFIX);
  host.set(createHash("sha256").update(name).digest().subarray(0, 10), INTERNAL_PREFIX.length);
  return { network: NET_IPV6, host, port: 0 };
}
