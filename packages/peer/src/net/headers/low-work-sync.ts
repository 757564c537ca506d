import type { BlockHeader } from "@compeer/protocol/bitcoin/header";
import { formatHash } from "@compeer/protocol/bytes/hash";
import type { BlockNode } from "../../chain/block-node.ts";
import type { NetParts } from "../net-parts.ts";
import type { Peer } from "../peer.ts";
import { HeadersPresync } from "./presync.ts";

/** Progress is told four times a second at most. */
const REPORT_MS = 250;

/** What is left to do with a message of headers. */
interface Digested {
  /** To be looked at as if they had just come; null: there is nothing left to do. */
  readonly headers: readonly BlockHeader[] | null;
  /** They belong to a chain that showed enough work. */
  readonly isProven: boolean;
}

/** Keeps apart the chains of low work that peers are showing us. One peer shows one at a time. */
export class LowWorkSync {
  readonly #parts: NetParts;
  readonly #ask: (peer: Peer, locator: Uint8Array[]) => void;
  #reportedMs = 0;

  constructor(parts: NetParts, ask: (peer: Peer, locator: Uint8Array[]) => void) {
    this.#parts = parts;
    this.#ask = ask;
  }

  /** Begins with a full message whose headers have too little work. */
  begin(peer: Peer, start: BlockNode, wantedWork: bigint, headers: readonly BlockHeader[]): void {
    const { clock, log, network } = this.#parts;
    peer.presync = new HeadersPresync({ network, start, wantedWork, now: clock.now() });
    const work = wantedWork.toString(16).padStart(64, "0");
    log.debug(
      "net",
      `Initial headers sync started with peer=${peer.id}: height=${start.height}, min_work=${work}`,
    );
    this.#step(peer, peer.presync, headers);
  }

  /** Core: IsContinuationOfLowWorkHeadersSync. */
  digest(peer: Peer, headers: readonly BlockHeader[]): Digested {
    const { presync } = peer;
    if (presync === null) return { headers, isProven: false };
    const ready = this.#step(peer, presync, headers);
    // What does not continue the sync is looked at like any other headers.
    if (ready === null) return { headers, isProven: false };
    return { headers: ready.length === 0 ? null : ready, isProven: true };
  }

  /** Headers that may be stored; null when the sync failed. */
  #step(
    peer: Peer,
    presync: HeadersPresync,
    received: readonly BlockHeader[],
  ): readonly BlockHeader[] | null {
    const { log, chain } = this.#parts;
    const wasFirst = presync.presyncedHeight !== null;
    const { headers, aborted, isGood, wantsMore } = presync.take(received);
    if (aborted !== null)
      log.debug("net", `Initial headers sync aborted with peer=${peer.id}: ${aborted}`);
    else if (wasFirst && presync.presyncedHeight === null)
      log.debug(
        "net",
        `Initial headers sync transition with peer=${peer.id}: reached sufficient work, redownloading from height=${presync.start.height}`,
      );
    if (isGood) peer.sync.getHeadersAt = 0;
    if (wantsMore) {
      this.#ask(peer, [presync.lastHash, ...chain.locator(presync.start)]);
      log.debug("net", `more getheaders (from ${formatHash(presync.lastHash)}) to peer=${peer.id}`);
      this.#report(presync);
    } else {
      if (aborted === null) log.debug("net", `Initial headers sync complete with peer=${peer.id}`);
      peer.presync = null;
    }
    return isGood ? headers : null;
  }

  #report(presync: HeadersPresync): void {
    const { chain, clock, log, network } = this.#parts;
    const height = presync.presyncedHeight;
    if (height === null || !chain.isInitialDownload) return;
    if (chain.bestHeader.chainWork >= network.minimumChainWork) return;
    if (performance.now() < this.#reportedMs + REPORT_MS) return;
    this.#reportedMs = performance.now();
    const left = Math.max(0, Math.floor((clock.now() - presync.lastTime) / network.targetSpacing));
    const percent = ((100 * height) / (height + left)).toFixed(2);
    log.info(`Pre-synchronizing blockheaders, height: ${height} (~${percent}%)`);
  }
}
