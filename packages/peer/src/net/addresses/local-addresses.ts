import { networkInterfaces } from "node:os";
import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { NetLog } from "../net-parts.ts";
import type { Random } from "../random.ts";
import {
  type HostAddress,
  isPrivacyNetwork,
  isRoutable,
  isTeredo,
  isTunnel,
  type NetworkKind,
  networkKind,
} from "./address-class.ts";
import { addressKey } from "./address-entry.ts";
import { formatAddress, parseHost } from "./address-text.ts";
import type { ReachableNetworks } from "./reachable-networks.ts";

/** Where we know an own address from; what counts more is told rather. Core: LOCAL_*. */
export const LOCAL_INTERFACE = 1;
export const LOCAL_BIND = 2;
export const LOCAL_MAPPED = 3;
export const LOCAL_MANUAL = 4;

/** How well somebody on a network reaches an address. Core: GetReachabilityFrom. */
const UNREACHABLE = 0;
const REACH_DEFAULT = 1;
const REACH_TEREDO = 2;
const REACH_IPV6_WEAK = 3;
const REACH_IPV4 = 4;
const REACH_IPV6_STRONG = 5;
const REACH_PRIVATE = 6;

interface OwnAddress {
  readonly address: SocketAddress;
  score: number;
}

/** Somebody whom we may tell where we are. */
export interface Listener {
  readonly id: number;
  readonly isInbound: boolean;
  readonly address: SocketAddress;
  readonly network: NetworkKind;
  /** Where it sees us; null when it said nothing of use. */
  readonly addressOfUs: SocketAddress | null;
}

interface LocalParts {
  readonly log: NetLog;
  readonly random: Random;
  readonly reachable: ReachableNetworks;
  /** -discover: addresses of interfaces, and what others tell, are used. */
  readonly discover: boolean;
  /** -listen: nobody can come in otherwise. */
  readonly listen: boolean;
}

/** Our own addresses, as far as we know them. Core: mapLocalHost. */
export class LocalAddresses {
  readonly #parts: LocalParts;
  readonly #own = new Map<string, OwnAddress>();

  constructor(parts: LocalParts) {
    this.#parts = parts;
  }

  /** False when it is of no use to others. */
  add(address: SocketAddress, score: number): boolean {
    const { discover, reachable, log } = this.#parts;
    if (!isRoutable(address) || (!discover && score < LOCAL_MANUAL)) return false;
    if (!reachable.includes(address)) return false;
    log.info(`AddLocal(${formatAddress(address)},${score})`);
    const key = hostKey(address);
    const known = this.#own.get(key);
    if (known === undefined) this.#own.set(key, { address, score });
    else if (score >= known.score) this.#own.set(key, { address, score: score + 1 });
    return true;
  }

  remove(address: HostAddress): void {
    this.#own.delete(hostKey(address));
  }

  /** Adds the addresses of this machine's network interfaces. Core: Discover. */
  discover(port: number): void {
    if (!this.#parts.discover) return;
    for (const interfaces of Object.values(networkInterfaces()))
      for (const { address, internal } of interfaces ?? []) {
        const own = internal ? null : parseHost(address, port);
        if (own !== null) this.add(own, LOCAL_INTERFACE);
      }
  }

  /** Somebody sees us there: one more vote for it. Core: SeenLocal. */
  seen(address: SocketAddress): void {
    const own = this.#own.get(hostKey(address));
    if (own !== undefined) own.score++;
  }

  has(address: HostAddress): boolean {
    return this.#own.has(hostKey(address));
  }

  /** As getnetworkinfo lists them. */
  list(): readonly Readonly<OwnAddress>[] {
    return [...this.#own.values()];
  }

  /** Where this peer should look for us; null when nothing is known. Core: GetLocalAddrForPeer. */
  addressFor(peer: Listener, port: number): SocketAddress | null {
    const best = this.#best(peer);
    const { discover, random, reachable, log } = this.#parts;
    const seen = peer.addressOfUs;
    let told = best?.address ?? null;
    const isUseful =
      seen !== null &&
      discover &&
      isRoutable(peer.address) &&
      isRoutable(seen) &&
      reachable.includes(seen);
    if (isUseful && (best === null || random.below(best.score > LOCAL_MANUAL ? 8 : 2) === 0))
      // Who was called by us cannot see on which port we listen.
      told = peer.isInbound ? seen : { ...seen, port: best?.address.port ?? port };
    if (told !== null)
      log.debug("net", `Advertising address ${formatAddress(told)} to peer=${peer.id}`);
    return told;
  }

  #best(peer: Listener): OwnAddress | null {
    if (!this.#parts.listen) return null;
    let best: OwnAddress | null = null;
    let bestReach = -1;
    for (const own of this.#own.values()) {
      const kind = networkKind(own.address);
      // A hidden address told in the open, or the other way round, would tie the two together.
      const isTelling = isPrivacyNetwork(kind) || isPrivacyNetwork(peer.network);
      if (kind !== peer.network && isTelling) continue;
      const reach = reachability(own.address, peer.address);
      if (reach < bestReach || (reach === bestReach && own.score <= (best?.score ?? -1))) continue;
      best = own;
      bestReach = reach;
    }
    return best;
  }
}

function hostKey({ network, host }: HostAddress): string {
  return addressKey({ network, host, port: 0 });
}

function reachability(own: HostAddress, partner: HostAddress): number {
  if (!isRoutable(own)) return UNREACHABLE;
  const kind = isTeredo(own) ? "teredo" : networkKind(own);
  const theirs = isTeredo(partner) ? "teredo" : networkKind(partner);
  if (theirs === "i2p" || theirs === "cjdns")
    return kind === theirs ? REACH_PRIVATE : REACH_DEFAULT;
  if (kind === "ipv4") return REACH_IPV4;
  if (theirs === "ipv4") return REACH_DEFAULT;
  if (kind === "onion")
    return theirs === "onion" || theirs === "not_publicly_routable" ? REACH_PRIVATE : REACH_DEFAULT;
  if (theirs === "onion") return REACH_DEFAULT;
  if (kind === "teredo") return REACH_TEREDO;
  if (kind !== "ipv6") return REACH_DEFAULT;
  if (theirs !== "ipv6") return REACH_IPV6_WEAK;
  return isTunnel(own) ? REACH_IPV6_WEAK : REACH_IPV6_STRONG;
}
