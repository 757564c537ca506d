import { formatHash } from "@compeer/protocol/bytes/hash";
import type { BlockRequests } from "./block-requests.ts";
import type { NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";

/** How long the one who stops the window may take; doubled with each who is sent away for it. */
const STALL_MS = 2000;
const MAX_STALL_MS = 64_000;
/** With each block that connects the time shrinks again. */
const SHRINK = 0.85;

/** Sends peers away that keep the blocks we wait for. */
export class BlockTimeouts {
  readonly #parts: NetParts;
  readonly #requests: BlockRequests;
  #stallMs = STALL_MS;

  constructor(parts: NetParts, requests: BlockRequests) {
    this.#parts = parts;
    this.#requests = requests;
    parts.chain.blockConnected.on(() => this.#shrink());
  }

  #shrink(): void {
    if (this.#stallMs === STALL_MS) return;
    this.#stallMs = Math.max(STALL_MS, Math.floor(this.#stallMs * SHRINK));
    const seconds = Math.floor(this.#stallMs / 1000);
    this.#parts.log.debug("net", `Decreased stalling timeout to ${seconds} seconds`);
  }

  /** The window of all peers waits for this one. */
  startStall(peer: Peer): void {
    if (peer.sync.stallingSince !== 0) return;
    peer.sync.stallingSince = this.#parts.clock.nowMs();
    this.#parts.log.debug("net", `Stall started peer=${peer.id}`);
  }

  /** True when the peer was sent away. */
  check(peer: Peer): boolean {
    return this.#isStalling(peer) || this.#isTooSlow(peer);
  }

  #isStalling(peer: Peer): boolean {
    const since = peer.sync.stallingSince;
    if (since === 0 || since >= this.#parts.clock.nowMs() - this.#stallMs) return false;
    const { log } = this.#parts;
    log.info(`Peer is stalling block download, disconnecting peer=${peer.id}`);
    peer.connection.close();
    // Our own line may be the slow one: the next peer gets more time.
    if (this.#stallMs < MAX_STALL_MS) {
      this.#stallMs = Math.min(MAX_STALL_MS, this.#stallMs * 2);
      const seconds = Math.floor(this.#stallMs / 1000);
      log.debug("net", `Increased stalling timeout temporarily to ${seconds} seconds`);
    }
    return true;
  }

  /** A block may take its interval, and half as long again for each other peer that sends blocks. */
  #isTooSlow(peer: Peer): boolean {
    const [oldest] = peer.sync.inFlight.values();
    if (oldest === undefined) return false;
    const { clock, log, network } = this.#parts;
    const allowed = network.targetSpacing * 1000 * (1 + 0.5 * (this.#requests.downloaders - 1));
    if (clock.nowMs() <= peer.sync.downloadingSince + allowed) return false;
    log.info(`Timeout downloading block ${formatHash(oldest.hash)}, disconnecting peer=${peer.id}`);
    peer.connection.close();
    return true;
  }
}
