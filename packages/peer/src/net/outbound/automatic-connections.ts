import { shuffled } from "@compeer/protocol/crypto/shuffle";
import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import { NODE_P2P_V2 } from "@compeer/protocol/wire/services";
import {
  isValid,
  type NetworkKind,
  networkKind,
  REACHED_NETWORKS,
} from "../addresses/address-class.ts";
import { formatAddress, internalAddress } from "../addresses/address-text.ts";
import type { Addresses } from "../addresses/addresses.ts";
import { groupKey } from "../addresses/net-groups.ts";
import type { Connections } from "../connections.ts";
import { isDesirable, mayKnowAddresses } from "../desirable-services.ts";
import type { NetOptions, NetParts } from "../net-parts.ts";
import type { ConnectionKind } from "../peer.ts";
import type { PeerSet } from "../peer-set.ts";
import { poissonMs } from "../random.ts";
import { chooseAddress } from "./choose-address.ts";
import { ENOUGH_PEERS } from "./dns-seeding.ts";
import { decodeFixedSeeds } from "./fixed-seeds.ts";
import { MAX_FULL_RELAY } from "./outbound-limits.ts";
import { wait } from "./wait.ts";

const ROUND_MS = 500;
const FEELER_MS = 120_000;
const EXTRA_BLOCK_RELAY_MS = 300_000;
const EXTRA_NETWORK_MS = 300_000;
/** A feeler waits up to so long, so that nobody can tell what made us call. */
const FEELER_SLEEP_MS = 1000;
/** Seconds between two seed nodes. */
const NEXT_SEED_NODE = 10;
/** Seconds that other sources have before the fixed seeds are taken. */
const FIXED_SEEDS_AFTER = 60;
const MAX_ANCHORS = 2;

interface AutomaticParts extends NetParts {
  readonly addresses: Addresses;
  readonly peers: PeerSet;
  readonly connections: Connections;
}

/** What a round is for. */
interface Goal {
  readonly kind: ConnectionKind;
  readonly isAnchor: boolean;
  readonly network: NetworkKind | null;
}

/** Keeps up connections of our own choice, to peers that the address book knows. Core: ThreadOpenConnections. */
export class AutomaticConnections {
  /** The tip seems old: one more full-relay peer than usual is looked for. */
  mayTryAnother = false;
  /** We are in step with the chain: now and then a fresh peer is asked for headers. */
  mayTryExtraBlockRelay = false;
  readonly #parts: AutomaticParts;
  readonly #options: NetOptions;
  readonly #signal: AbortSignal;
  readonly #seedNodes: string[];
  readonly #fetches: string[] = [];
  #anchors: GossipedAddress[] = [];
  #needsFixedSeeds: boolean;
  #startedAt = 0;
  #nextFeeler = 0;
  #nextBlockRelay = 0;
  #nextNetwork = 0;
  #seedNodeAt = 0;

  constructor(parts: AutomaticParts, options: NetOptions, signal: AbortSignal) {
    this.#parts = parts;
    this.#options = options;
    this.#signal = signal;
    this.#needsFixedSeeds = options.fixedSeeds;
    this.#seedNodes = shuffled(options.seedNodes, (limit) => parts.addresses.random.below(limit));
  }

  /** Has a connection made to ask a node for addresses. */
  fetchAddresses(name: string): void {
    this.#fetches.push(name);
  }

  /** Reads the anchors that the last run left. */
  takeAnchors(): void {
    this.#anchors = this.#parts.addresses.store.takeAnchors().slice(0, MAX_ANCHORS);
    this.#parts.log.info(
      `${this.#anchors.length} block-relay-only anchors will be tried for connections.`,
    );
  }

  /** Leaves the addresses of block-relay peers for the next start: an attacker would have to hold these too. */
  saveAnchors(): void {
    const anchors: GossipedAddress[] = [];
    for (const { kind, origin, services } of this.#parts.peers)
      if (kind === "block-relay-only" && anchors.length < MAX_ANCHORS)
        anchors.push({ ...origin.endpoint, services, time: this.#parts.clock.now() });
    this.#parts.addresses.store.saveAnchors(anchors);
  }

  /** Works until it is called off. */
  async run(): Promise<void> {
    const { clock, log, addresses } = this.#parts;
    const now = clock.nowMs();
    this.#startedAt = clock.now();
    log.info("opencon thread start"); // Core's words: its tests wait for them.
    this.#nextFeeler = now + poissonMs(FEELER_MS, this.#parts.random);
    this.#nextBlockRelay = now + poissonMs(EXTRA_BLOCK_RELAY_MS, this.#parts.random);
    this.#nextNetwork = now + poissonMs(EXTRA_NETWORK_MS, this.#parts.random);
    this.#seedNodeAt = clock.now();
    if (!this.#needsFixedSeeds) log.info("Fixed seeds are disabled");
    if (addresses.book.size === 0) this.#addSeedNode();
    do {
      this.#askForAddresses();
      if (!(await wait(this.#parts.clock, ROUND_MS, this.#signal))) return;
      if (this.#parts.connections.hasAutomaticSlot) await this.#round();
    } while (!this.#signal.aborted);
  }

  #addSeedNode(): void {
    const seed = this.#seedNodes.pop();
    if (seed === undefined) return;
    this.fetchAddresses(seed);
    const why =
      this.#parts.addresses.book.size === 0
        ? "Empty addrman, adding"
        : `Couldn't connect to peers from addrman after ${NEXT_SEED_NODE} seconds. Adding`;
    this.#parts.log.info(`${why} seednode (${seed}) to addrfetch`);
  }

  #askForAddresses(): void {
    const { connections } = this.#parts;
    const name = this.#fetches[0];
    if (name === undefined || !connections.hasAutomaticSlot) return;
    this.#fetches.shift();
    void connections.dial({ name, kind: "addr-fetch", useV2: this.#options.v2Transport });
  }

  async #round(): Promise<void> {
    this.#addFixedSeeds();
    const { clock } = this.#parts;
    const isPoor = this.#count("outbound-full-relay") < ENOUGH_PEERS;
    if (isPoor && clock.now() > this.#seedNodeAt + NEXT_SEED_NODE) {
      this.#seedNodeAt = clock.now();
      this.#addSeedNode();
    }
    const goal = this.#goal(clock.nowMs());
    if (goal === null) return;
    this.#parts.addresses.book.resolveCollisions();
    const taken = this.#takenGroups();
    const address = goal.isAnchor
      ? this.#nextAnchor(taken.groups)
      : this.#choose(goal, taken.groups);
    if (address !== null) await this.#dial(address, goal, taken.groups.size + taken.hidden);
  }

  #count(kind: ConnectionKind): number {
    return this.#parts.connections.count((other) => other === kind);
  }

  #addFixedSeeds(): void {
    if (!this.#needsFixedSeeds) return;
    const { addresses, log, network, clock, connections } = this.#parts;
    const { book, reachable, random } = addresses;
    const empty = REACHED_NETWORKS.filter((kind) => reachable.has(kind) && book.sizeOf(kind) === 0);
    if (empty.length === 0) return;
    const hasOtherSources =
      this.#options.dnsSeed ||
      this.#options.seedNodes.length > 0 ||
      connections.added.names.length > 0;
    if (clock.now() > this.#startedAt + FIXED_SEEDS_AFTER)
      log.info(
        "Adding fixed seeds as 60 seconds have passed and addrman is empty for at least one reachable network",
      );
    else if (!hasOtherSources)
      log.info(
        "Adding fixed seeds as -dnsseed=0 (or IPv4/IPv6 connections are disabled via -onlynet) and neither -addnode nor -seednode are provided",
      );
    else return;
    const seeds = decodeFixedSeeds(network.fixedSeeds, clock.now(), random);
    const wanted = seeds.filter((seed) => empty.includes(networkKind(seed)));
    book.add(wanted, internalAddress("fixedseeds"));
    this.#needsFixedSeeds = false;
    log.info(`Added ${wanted.length} fixed seeds from reachable networks.`);
  }

  /** What is missing most; null when nothing is. */
  #goal(now: number): Goal | null {
    const { limits } = this.#parts.connections;
    const fullRelay = this.#count("outbound-full-relay");
    const hasBlockRelaySlot = this.#count("block-relay-only") < limits.blockRelay;
    if (this.#anchors.length > 0 && hasBlockRelaySlot) return goal("block-relay-only", true);
    if (fullRelay < limits.fullRelay) return goal("outbound-full-relay");
    if (hasBlockRelaySlot) return goal("block-relay-only");
    if (this.mayTryAnother) return goal("outbound-full-relay");
    if (now > this.#nextBlockRelay && this.mayTryExtraBlockRelay) {
      this.#nextBlockRelay = now + poissonMs(EXTRA_BLOCK_RELAY_MS, this.#parts.random);
      return goal("block-relay-only");
    }
    if (now > this.#nextFeeler) {
      this.#nextFeeler = now + poissonMs(FEELER_MS, this.#parts.random);
      return goal("feeler");
    }
    if (fullRelay !== limits.fullRelay || limits.fullRelay !== MAX_FULL_RELAY) return null;
    if (now <= this.#nextNetwork) return null;
    const network = this.#missingNetwork();
    if (network === null) return null;
    this.#nextNetwork = now + poissonMs(EXTRA_NETWORK_MS, this.#parts.random);
    return goal("outbound-full-relay", false, network);
  }

  /** A network that we reach, know addresses of and have nobody in. */
  #missingNetwork(): NetworkKind | null {
    const { book, reachable, random } = this.#parts.addresses;
    const kinds = shuffled(REACHED_NETWORKS, (limit) => random.below(limit));
    const isMissing = (kind: NetworkKind): boolean =>
      reachable.has(kind) && book.sizeOf(kind) > 0 && this.countInNetwork(kind) === 0;
    return kinds.find(isMissing) ?? null;
  }

  /** Full-relay and added peers of a network. */
  countInNetwork(network: NetworkKind): number {
    return this.#parts.peers.count(
      ({ kind, origin }) =>
        (kind === "manual" || kind === "outbound-full-relay") &&
        networkKind(origin.endpoint) === network,
    );
  }

  /** Groups of those we stay connected to; of hidden networks only how many there are. */
  #takenGroups(): { readonly groups: Set<string>; readonly hidden: number } {
    const groups = new Set<string>();
    let hidden = 0;
    for (const { kind, origin } of this.#parts.peers) {
      if (kind === "inbound" || kind === "addr-fetch" || kind === "feeler") continue;
      const network = networkKind(origin.endpoint);
      if (network === "onion" || network === "i2p" || network === "cjdns") hidden++;
      else groups.add(groupKey(this.#parts.addresses.groups, origin.endpoint));
    }
    return { groups, hidden };
  }

  #nextAnchor(taken: ReadonlySet<string>): GossipedAddress | null {
    const { addresses, log } = this.#parts;
    for (let anchor = this.#anchors.pop(); anchor !== undefined; anchor = this.#anchors.pop()) {
      if (!isValid(anchor) || addresses.local.has(anchor)) continue;
      if (!addresses.reachable.includes(anchor)) continue;
      if (!isDesirable(anchor.services, this.#parts)) continue;
      if (taken.has(groupKey(addresses.groups, anchor))) continue;
      log.debug("net", `Trying to make an anchor connection to ${formatAddress(anchor)}`);
      return anchor;
    }
    return null;
  }

  #choose({ kind, network }: Goal, takenGroups: ReadonlySet<string>): GossipedAddress | null {
    const { addresses, connections, clock } = this.#parts;
    return chooseAddress(
      { isFeeler: kind === "feeler", network, takenGroups },
      {
        book: addresses.book,
        groups: addresses.groups,
        reachable: addresses.reachable.kinds,
        now: clock.now(),
        isOurs: (address) => addresses.local.has(address),
        isConnected: (address) => connections.isConnectedTo(address),
        isAdded: (address) => this.#isAdded(address),
        isDesirable: (services) => isDesirable(services, this.#parts),
        mayKnowAddresses,
      },
    );
  }

  #isAdded(address: SocketAddress): boolean {
    return this.#parts.connections.added.names.includes(formatAddress(address));
  }

  async #dial(address: GossipedAddress, { kind, network }: Goal, distinct: number): Promise<void> {
    const { log, connections, addresses } = this.#parts;
    const name = formatAddress(address);
    if (kind === "feeler") {
      if (!(await wait(this.#parts.clock, addresses.random.below(FEELER_SLEEP_MS), this.#signal)))
        return;
      log.debug("net", `Making feeler connection to ${name}`);
    }
    if (network !== null)
      log.debug("net", `Making network specific connection to ${name} on ${network}.`);
    // Failures count only while others can be reached: else it is we who are offline.
    const countFailure = distinct >= Math.min(connections.limits.automatic - 1, 2);
    const useV2 = this.#options.v2Transport && (address.services & NODE_P2P_V2) !== 0n;
    await connections.dial({ name, kind, useV2, chosen: address, countFailure });
  }
}

function goal(kind: ConnectionKind, isAnchor = false, network: NetworkKind | null = null): Goal {
  return { kind, isAnchor, network };
}
