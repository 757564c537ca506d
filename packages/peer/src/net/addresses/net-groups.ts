import { Writer } from "@compeer/protocol/bytes/writer";
import { sha256d } from "@compeer/protocol/crypto/sha256";
import { NET_CJDNS, NET_I2P, NET_TORV3 } from "@compeer/protocol/wire/address";
import {
  addressBytes,
  type HostAddress,
  INTERNAL_PREFIX,
  isHurricaneElectric,
  isInternal,
  isLocal,
  isRoutable,
  linkedIPv4,
  type NetworkKind,
  netClass,
} from "./address-class.ts";
import { interpretAsMap } from "./as-map.ts";

/** First byte of a group. Core: enum Network. */
const CLASS_NUMBERS: Readonly<Record<NetworkKind, number>> = {
  not_publicly_routable: 0,
  ipv4: 1,
  ipv6: 2,
  onion: 3,
  i2p: 4,
  cjdns: 5,
  internal: 6,
};

/**
 * Groups of addresses that one operator may own: to have many groups is dear, to have many addresses is
 * cheap. With a map of autonomous systems a group is one of them. Core: NetGroupManager.
 */
export class NetGroups {
  readonly #asMap: Uint8Array | null;
  /** Tells one map from another in peers.dat; zeros without a map. */
  readonly checksum: Uint8Array;

  constructor(asMap: Uint8Array | null = null) {
    this.#asMap = asMap;
    this.checksum = asMap === null ? new Uint8Array(32) : checksumOf(asMap);
  }

  get usesAsMap(): boolean {
    return this.#asMap !== null;
  }

  /** Number of the autonomous system; 0 when unknown. */
  autonomousSystem(address: HostAddress): number {
    if (this.#asMap === null) return 0;
    const kind = netClass(address);
    if (kind !== "ipv4" && kind !== "ipv6") return 0;
    const four = linkedIPv4(address);
    return interpretAsMap(this.#asMap, four === null ? address.host : mapped(four));
  }

  /** Core: NetGroupManager::GetGroup. */
  groupOf(address: HostAddress): Uint8Array {
    const system = this.autonomousSystem(address);
    if (system !== 0) return new Writer(5).u8(CLASS_NUMBERS.ipv6).u32(system).finish();
    const start = CLASS_NUMBERS[netClass(address)];
    if (isLocal(address)) return Uint8Array.of(start);
    if (isInternal(address))
      return prefixed(start, address.host.subarray(INTERNAL_PREFIX.length), 80);
    if (!isRoutable(address)) return Uint8Array.of(start);
    const four = linkedIPv4(address);
    if (four !== null) return Uint8Array.of(start, four[0] as number, four[1] as number);
    return prefixed(start, addressBytes(address), groupBits(address));
  }
}

/** Core hashes its vector of bits: each as a byte. */
function checksumOf(asMap: Uint8Array): Uint8Array {
  const writer = new Writer(9 + 8 * asMap.length).compactSize(8 * asMap.length);
  for (const byte of asMap) for (let bit = 0; bit < 8; bit++) writer.u8((byte >>> bit) & 1);
  return sha256d(writer.finish());
}

/** Of the key that a Tor, I2P or CJDNS address is, few bits: keys cost nothing. */
function groupBits(address: HostAddress): number {
  if (address.network === NET_TORV3 || address.network === NET_I2P) return 4;
  if (address.network === NET_CJDNS) return 12;
  return isHurricaneElectric(address) ? 36 : 32;
}

/** `start` and the first bits; what is left of the last byte is filled with ones. */
function prefixed(start: number, bytes: Uint8Array, bits: number): Uint8Array {
  const whole = bits >>> 3;
  const rest = bits & 7;
  const group = new Uint8Array(1 + whole + (rest > 0 ? 1 : 0));
  group[0] = start;
  group.set(bytes.subarray(0, whole), 1);
  if (rest > 0) group[1 + whole] = (bytes[whole] as number) | ((1 << (8 - rest)) - 1);
  return group;
}

function mapped(four: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes[10] = 255;
  bytes[11] = 255;
  bytes.set(four, 12);
  return bytes;
}

/** A group as key of a Set. */
export function groupKey(groups: NetGroups, address: HostAddress): string {
  return String.fromCharCode(...groups.groupOf(address));
}
