import {
  hasPrefix,
  IPV4_PREFIX,
  NET_CJDNS,
  NET_I2P,
  NET_IPV4,
  NET_IPV6,
  NET_TORV3,
  type SocketAddress,
} from "@compeer/protocol/wire/address";

/** An address without its port. */
export type HostAddress = Pick<SocketAddress, "network" | "host">;

/** Kind of network that an address belongs to, in Core's words and order. Core: enum Network. */
export type NetworkKind =
  | "not_publicly_routable"
  | "ipv4"
  | "ipv6"
  | "onion"
  | "i2p"
  | "cjdns"
  | "internal";

/** Networks that peers are reached through, as getnetworkinfo lists them. */
export const REACHED_NETWORKS: readonly NetworkKind[] = ["ipv4", "ipv6", "onion", "i2p", "cjdns"];

/** Core: INTERNAL_IN_IPV6_PREFIX, 0xfd and sha256("bitcoin")[0:5]. */
export const INTERNAL_PREFIX: Uint8Array = Uint8Array.of(0xfd, 0x6b, 0x88, 0xc0, 0x87, 0x24);
const TEREDO = Uint8Array.of(0x20, 0x01, 0, 0);
const SIX_TO_FOUR = Uint8Array.of(0x20, 0x02);
const NAT64 = Uint8Array.of(0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0);
const SIIT = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0);
const HURRICANE_ELECTRIC = Uint8Array.of(0x20, 0x01, 0x04, 0x70);
const DOCUMENTATION_V6 = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8);
const LINK_LOCAL_V6 = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0);
const ORCHID = Uint8Array.of(0x20, 0x01, 0);
const CJDNS_PREFIX = 0xfc;

/** Stands for a name, so that the address book can tell by whom an address was named. Core: IsInternal. */
export function isInternal({ network, host }: HostAddress): boolean {
  return network === NET_IPV6 && hasPrefix(host, INTERNAL_PREFIX);
}

/** Core: CNetAddr::IsLocal. */
export function isLocal({ network, host }: HostAddress): boolean {
  if (network === NET_IPV4) return host[0] === 127 || host[0] === 0;
  return network === NET_IPV6 && host[15] === 1 && isZero(host, 15);
}

/** Could be somebody's address. Core: CNetAddr::IsValid. */
export function isValid(address: HostAddress): boolean {
  const { network, host } = address;
  switch (network) {
    case NET_IPV4:
      return !isZero(host, 4) && !host.every((byte) => byte === 255);
    case NET_IPV6:
      return !isZero(host, 16) && !hasPrefix(host, DOCUMENTATION_V6) && !isInternal(address);
    case NET_CJDNS:
      return host[0] === CJDNS_PREFIX;
    default:
      return network === NET_TORV3 || network === NET_I2P;
  }
}

/** Can be reached over the public network. Core: CNetAddr::IsRoutable. */
export function isRoutable(address: HostAddress): boolean {
  if (!isValid(address)) return false;
  if (address.network === NET_IPV4) return !isLocal(address) && !isReservedV4(address.host);
  return address.network !== NET_IPV6 || !(isLocal(address) || isReservedV6(address.host));
}

/** RFC 1918, 2544, 3927, 5737 and 6598. */
function isReservedV4(host: Uint8Array): boolean {
  const [a = 0, b = 0, c = 0] = host;
  switch (a) {
    case 10:
      return true;
    case 100:
      return b >= 64 && b <= 127;
    case 169:
      return b === 254;
    case 172:
      return b >= 16 && b <= 31;
    case 192:
      return b === 168 || (b === 0 && c === 2);
    case 198:
      return b === 18 || b === 19 || (b === 51 && c === 100);
    case 203:
      return b === 0 && c === 113;
    default:
      return false;
  }
}

/** RFC 4193, 4843, 4862 and 7343. */
function isReservedV6(host: Uint8Array): boolean {
  if (((host[0] as number) & 0xfe) === 0xfc || hasPrefix(host, LINK_LOCAL_V6)) return true;
  const fourth = (host[3] as number) & 0xf0;
  return hasPrefix(host, ORCHID) && (fourth === 0x10 || fourth === 0x20);
}

/** Core: CNetAddr::GetNetwork. */
export function networkKind(address: HostAddress): NetworkKind {
  if (isInternal(address)) return "internal";
  if (!isRoutable(address)) return "not_publicly_routable";
  switch (address.network) {
    case NET_IPV4:
      return "ipv4";
    case NET_IPV6:
      return "ipv6";
    case NET_TORV3:
      return "onion";
    case NET_I2P:
      return "i2p";
    default:
      return "cjdns";
  }
}

/** The network by which it is reached in the end: IPv6 that tunnels IPv4 counts as that. Core: GetNetClass. */
export function netClass(address: HostAddress): NetworkKind {
  return linkedIPv4(address) === null ? networkKind(address) : "ipv4";
}

/** The four bytes of IPv4 in it; null when there are none or they lead nowhere. Core: GetLinkedIPv4. */
export function linkedIPv4(address: HostAddress): Uint8Array | null {
  const { network, host } = address;
  if (!isRoutable(address)) return null;
  if (network === NET_IPV4) return host;
  if (network !== NET_IPV6) return null;
  if (hasPrefix(host, NAT64) || hasPrefix(host, SIIT)) return host.subarray(12);
  if (hasPrefix(host, SIX_TO_FOUR)) return host.subarray(2, 6);
  return hasPrefix(host, TEREDO) ? host.slice(12).map((byte) => byte ^ 0xff) : null;
}

export function isTunnel({ network, host }: HostAddress): boolean {
  if (network !== NET_IPV6) return false;
  return hasPrefix(host, SIX_TO_FOUR) || hasPrefix(host, NAT64) || hasPrefix(host, SIIT);
}

export function isTeredo({ network, host }: HostAddress): boolean {
  return network === NET_IPV6 && hasPrefix(host, TEREDO);
}

export function isHurricaneElectric({ network, host }: HostAddress): boolean {
  return network === NET_IPV6 && hasPrefix(host, HURRICANE_ELECTRIC);
}

/** Its own address says nothing about who it is: Tor, I2P and CJDNS. Core: IsPrivacyNet. */
export function isPrivacyNetwork(kind: NetworkKind): boolean {
  return kind === "onion" || kind === "i2p";
}

/** 16 bytes, with IPv4 mapped into IPv6, or the 32 of Tor and I2P. Core: CNetAddr::GetAddrBytes. */
export function addressBytes({ network, host }: HostAddress): Uint8Array {
  if (network !== NET_IPV4) return host;
  const bytes = new Uint8Array(16);
  bytes.set(IPV4_PREFIX);
  bytes.set(host, 12);
  return bytes;
}

function isZero(bytes: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[i] !== 0) return false;
  return true;
}
