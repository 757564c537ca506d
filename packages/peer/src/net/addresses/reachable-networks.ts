import { NET_CJDNS, NET_IPV6, type SocketAddress } from "@compeer/protocol/wire/address";
import {
  type HostAddress,
  type NetworkKind,
  networkKind,
  REACHED_NETWORKS,
} from "./address-class.ts";

/** Networks that we can connect to; a proxy or a service that comes up later adds one. Core: ReachableNets. */
export class ReachableNetworks {
  readonly #kinds: Set<NetworkKind>;

  constructor(kinds: readonly NetworkKind[] = ["ipv4", "ipv6"]) {
    this.#kinds = new Set(kinds);
  }

  get kinds(): ReadonlySet<NetworkKind> {
    return this.#kinds;
  }

  has(kind: NetworkKind): boolean {
    return this.#kinds.has(kind) || !REACHED_NETWORKS.includes(kind);
  }

  includes(address: HostAddress): boolean {
    return this.has(networkKind(address));
  }

  /** Where CJDNS is there, fc00::/8 is its; elsewhere it is private IPv6. Core: MaybeFlipIPv6toCJDNS. */
  asCjdns(address: SocketAddress): SocketAddress {
    const isCjdns = address.network === NET_IPV6 && address.host[0] === 0xfc;
    return isCjdns && this.#kinds.has("cjdns") ? { ...address, network: NET_CJDNS } : address;
  }

  add(kind: NetworkKind): void {
    this.#kinds.add(kind);
  }

  remove(kind: NetworkKind): void {
    this.#kinds.delete(kind);
  }
}
