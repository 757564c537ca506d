import { compareBytes, equalBytes } from "@compeer/protocol/bytes/compare";
import { NET_IPV4, NET_IPV6 } from "@compeer/protocol/wire/address";
import { type HostAddress, isValid } from "./address-class.ts";
import { formatHost, parseHost } from "./address-text.ts";

/** Addresses with the same first bits; of Tor, I2P and CJDNS always a single one. Core: CSubNet. */
export interface Subnet {
  readonly network: number;
  /** The bits behind the prefix are zero. */
  readonly host: Uint8Array;
  readonly mask: Uint8Array;
}

/** Reads "1.2.3.4", "10.0.0.0/8", "10.0.0.0/255.0.0.0" or "….onion"; null when it is none of these. */
export function parseSubnet(text: string): Subnet | null {
  const [hostText = "", maskText, ...more] = text.split("/");
  const address = parseHost(hostText, 0);
  if (address === null || more.length > 0) return null;
  const { network, host } = address;
  const isIP = network === NET_IPV4 || network === NET_IPV6;
  if (!isIP && maskText !== undefined) return null;
  const mask =
    maskText === undefined ? ones(host.length * 8, host.length) : parseMask(maskText, address);
  return mask === null
    ? null
    : { network, mask, host: host.map((byte, i) => byte & (mask[i] as number)) };
}

function parseMask(text: string, { network, host }: HostAddress): Uint8Array | null {
  if (/^\d{1,3}$/.test(text))
    return Number(text) <= host.length * 8 ? ones(Number(text), host.length) : null;
  const mask = parseHost(text, 0);
  if (mask === null || mask.network !== network) return null;
  const bits = [...mask.host].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) ? mask.host : null;
}

function ones(bits: number, length: number): Uint8Array {
  const mask = new Uint8Array(length);
  for (let i = 0; i < bits; i++) mask[i >>> 3] = (mask[i >>> 3] as number) | (0x80 >>> (i & 7));
  return mask;
}

/** "1.2.3.0/24" or "….onion". */
export function formatSubnet({ network, host, mask }: Subnet): string {
  const text = formatHost({ network, host });
  if (network !== NET_IPV4 && network !== NET_IPV6) return text;
  let bits = 0;
  for (const byte of mask) for (let bit = 128; bit > 0; bit >>= 1) if ((byte & bit) !== 0) bits++;
  return `${text}/${bits}`;
}

export function isInSubnet({ network, host, mask }: Subnet, address: HostAddress): boolean {
  if (network !== address.network || !isValid(address)) return false;
  for (let i = 0; i < host.length; i++)
    if (((address.host[i] as number) & (mask[i] as number)) !== host[i]) return false;
  return true;
}

export function isSameSubnet(a: Subnet, b: Subnet): boolean {
  return a.network === b.network && equalBytes(a.host, b.host) && equalBytes(a.mask, b.mask);
}

/** The order in which Core lists them. */
export function compareSubnets(a: Subnet, b: Subnet): number {
  if (a.network !== b.network) return a.network - b.network;
  return compareBytes(a.host, b.host) || compareBytes(a.mask, b.mask);
}
