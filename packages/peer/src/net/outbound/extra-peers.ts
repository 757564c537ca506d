import { networkKind } from "../addresses/address-class.ts";
import type { Connections } from "../connections.ts";
import { isNearTip } from "../near-tip.ts";
import type { NetParts } from "../net-parts.ts";
import type { Peer } from "../peer.ts";
import type { PeerSet } from "../peer-set.ts";
import type { AutomaticConnections } from "./automatic-connections.ts";

/** How often it is looked, seconds. Core: EXTRA_PEER_CHECK_INTERVAL, STALE_CHECK_INTERVAL. */
const CHECK_INTERVAL = 45;
const STALE_CHECK_INTERVAL = 600;
/** Time that a new peer has to show what it knows, seconds. */
const LEAST_CONNECT_TIME = 30;
const STALE_BLOCKS = 3;

interface ExtraParts extends NetParts {
  readonly peers: PeerSet;
  readonly connections: Connections;
  readonly automatic: AutomaticConnections;
  /** -connect was not given. */
  readonly isAutomatic: boolean;
}

/**
 * Looks for another peer when no block has come for long, and parts with those that are over the limit:
 * who told us of a block last stays. Core: CheckForStaleTipAndEvictPeers.
 */
export class ExtraPeers {
  readonly #parts: ExtraParts;
  #tipUpdatedAt = 0;
  #staleCheckAt = 0;
  #nextCheck: number;

  constructor(parts: ExtraParts) {
    this.#parts = parts;
    this.#nextCheck = parts.clock.now() + CHECK_INTERVAL;
    parts.chain.tipChanged.on(() => {
      this.#tipUpdatedAt = parts.clock.now();
    });
  }

  /** Looks when it is time. */
  tick(): void {
    const now = this.#parts.clock.now();
    if (now < this.#nextCheck && now > this.#nextCheck - 2 * CHECK_INTERVAL) return;
    this.#nextCheck = now + CHECK_INTERVAL;
    this.check();
  }

  /** Looks earlier by so many seconds (mockscheduler). */
  forward(seconds: number): void {
    this.#nextCheck -= seconds;
  }

  check(): void {
    const { automatic, clock } = this.#parts;
    const now = clock.now();
    this.#evictBlockRelay(now);
    this.#evictFullRelay(now);
    if (now > this.#staleCheckAt) {
      this.#checkTip(now);
      this.#staleCheckAt = now + STALE_CHECK_INTERVAL;
    }
    if (isNearTip(this.#parts) && !automatic.mayTryExtraBlockRelay) {
      this.#parts.log.debug("net", "enabling extra block-relay-only peers");
      automatic.mayTryExtraBlockRelay = true;
    }
  }

  #checkTip(now: number): void {
    const { automatic, chain, connections, log, isAutomatic } = this.#parts;
    const isStale =
      !chain.isImporting && connections.isActive && isAutomatic && this.#isTipStale(now);
    if (isStale)
      log.info(
        `Potential stale tip detected, will try using extra outbound peer (last tip update: ${now - this.#tipUpdatedAt} seconds ago)`,
      );
    if (isStale || automatic.mayTryAnother) this.#tryAnother(isStale);
  }

  #tryAnother(isOn: boolean): void {
    this.#parts.automatic.mayTryAnother = isOn;
    this.#parts.log.debug("net", `setting try another outbound peer=${isOn}`);
  }

  #isTipStale(now: number): boolean {
    if (this.#tipUpdatedAt === 0) this.#tipUpdatedAt = now;
    const oldest = now - STALE_BLOCKS * this.#parts.network.targetSpacing;
    if (this.#tipUpdatedAt >= oldest) return false;
    return this.#parts.peers.count(({ sync }) => sync.inFlight.size > 0) === 0;
  }

  #connected(kind: Peer["kind"]): Peer[] {
    return [...this.#parts.peers].filter((peer) => peer.kind === kind && !peer.connection.isClosed);
  }

  /** The youngest goes, unless it brought a block later than the one before it did. */
  #evictBlockRelay(now: number): void {
    const peers = this.#connected("block-relay-only").sort((a, b) => b.id - a.id);
    const settled = peers.filter((peer) => peer.isHandshakeDone).length;
    if (settled <= this.#parts.connections.limits.blockRelay) return;
    const [youngest, next] = peers;
    const peer = (youngest?.lastBlockAt ?? 0) > (next?.lastBlockAt ?? 0) ? next : youngest;
    if (peer === undefined) return;
    this.#part(peer, now - peer.origin.connectedAt >= LEAST_CONNECT_TIME, {
      what: "extra block-relay-only",
      last: `last block received at time ${peer.lastBlockAt}`,
    });
  }

  /** Who announced a block longest ago goes, but never the only one of a network. */
  #evictFullRelay(now: number): void {
    const peers = this.#connected("outbound-full-relay");
    const settled = peers.filter((peer) => peer.isHandshakeDone).length;
    if (settled <= this.#parts.connections.limits.fullRelay) return;
    const { automatic } = this.#parts;
    const mayGo = peers.filter(
      ({ sync, origin }) =>
        !sync.isProtected && automatic.countInNetwork(networkKind(origin.endpoint)) > 1,
    );
    mayGo.sort((a, b) => a.sync.newsAt - b.sync.newsAt || b.id - a.id);
    const [peer] = mayGo;
    if (peer === undefined) return;
    const isParted = this.#part(peer, now - peer.origin.connectedAt > LEAST_CONNECT_TIME, {
      what: "extra outbound",
      last: `last block announcement received at time ${peer.sync.newsAt}`,
    });
    if (isParted) this.#tryAnother(false);
  }

  #part(
    peer: Peer,
    isOldEnough: boolean,
    { what, last }: { readonly what: string; readonly last: string },
  ): boolean {
    const { log } = this.#parts;
    const inFlight = peer.sync.inFlight.size;
    const mayGo = isOldEnough && inFlight === 0;
    log.debug(
      "net",
      mayGo
        ? `disconnecting ${what} peer=${peer.id} (${last})`
        : `keeping ${what.replace("extra ", "")} peer=${peer.id} chosen for eviction (connect time: ${peer.origin.connectedAt}, blocks_in_flight: ${inFlight})`,
    );
    if (mayGo) peer.connection.close();
    return mayGo;
  }
}
