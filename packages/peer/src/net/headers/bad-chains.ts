import { formatHash } from "@compeer/protocol/bytes/hash";
import type { BlockNode } from "../../chain/block-node.ts";
import type { NetParts } from "../net-parts.ts";
import type { Peer } from "../peer.ts";
import type { PeerSet } from "../peer-set.ts";

/** Time for an outbound peer to reach our work, and for its answer when that is over. Core: CHAIN_SYNC_TIMEOUT. */
const CATCH_UP_SECONDS = 20 * 60;
const ANSWER_SECONDS = 2 * 60;
/** Outbound peers that are never sent away for this. */
const MAX_PROTECTED = 4;

/** Where an outbound peer stands that is behind us. */
interface Deadline {
  at: number;
  /** Our tip when it was set. */
  readonly benchmark: BlockNode;
  isAsked: boolean;
}

/** Sends outbound peers away whose chain stays behind ours: they cannot help us. Core: ConsiderEviction. */
export class BadChains {
  readonly #parts: NetParts;
  readonly #peers: PeerSet;
  readonly #ask: (peer: Peer, from: BlockNode) => void;
  readonly #deadlines = new WeakMap<Peer, Deadline>();

  constructor(parts: NetParts, peers: PeerSet, ask: (peer: Peer, from: BlockNode) => void) {
    this.#parts = parts;
    this.#peers = peers;
    this.#ask = ask;
  }

  /** Some of those who once kept up stay, so that a partition of ours is seen for what it is. */
  protect(peer: Peer): void {
    const { chain, log } = this.#parts;
    const { sync } = peer;
    if (peer.kind !== "outbound-full-relay" || sync.isProtected || sync.bestKnown === null) return;
    if (sync.bestKnown.chainWork < chain.tip.chainWork) return;
    if (this.#peers.count((other) => other.sync.isProtected) >= MAX_PROTECTED) return;
    log.debug("net", `Protecting outbound peer=${peer.id} from eviction`);
    sync.isProtected = true;
  }

  tick(peer: Peer): void {
    const { kind, sync } = peer;
    const isOutbound = kind === "outbound-full-relay" || kind === "block-relay-only";
    if (!isOutbound || sync.isProtected || !sync.isStarted) return;
    const { chain, clock } = this.#parts;
    const work = sync.bestKnown?.chainWork ?? -1n;
    const deadline = this.#deadlines.get(peer);
    if (work >= chain.tip.chainWork) this.#deadlines.delete(peer);
    else if (deadline === undefined || work >= deadline.benchmark.chainWork)
      this.#deadlines.set(peer, {
        at: clock.now() + CATCH_UP_SECONDS,
        benchmark: chain.tip,
        isAsked: false,
      });
    else if (clock.now() > deadline.at) this.#passed(peer, deadline);
  }

  #passed(peer: Peer, deadline: Deadline): void {
    const { clock, log } = this.#parts;
    const { bestKnown } = peer.sync;
    const best = bestKnown === null ? "<none>" : formatHash(bestKnown.hash);
    if (deadline.isAsked) {
      log.info(
        `Outbound peer has old chain, best known block = ${best}, disconnecting peer=${peer.id}`,
      );
      peer.connection.close();
      return;
    }
    const { benchmark } = deadline;
    this.#ask(peer, benchmark.parent ?? benchmark);
    log.debug(
      "net",
      `sending getheaders to outbound peer=${peer.id} to verify chain work (current best known block:${best}, benchmark blockhash: ${formatHash(benchmark.hash)})`,
    );
    deadline.isAsked = true;
    deadline.at = clock.now() + ANSWER_SECONDS;
  }
}
