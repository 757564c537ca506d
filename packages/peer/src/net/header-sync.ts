import type { BlockHeader } from "@compeer/protocol/bitcoin/header";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { checkHeaderProofOfWork } from "@compeer/protocol/consensus/check-header";
import { blockWork } from "@compeer/protocol/consensus/difficulty";
import { MAX_HEADERS } from "@compeer/protocol/wire/headers-message";
import { SENDHEADERS_VERSION } from "@compeer/protocol/wire/protocol-version";
import type { BlockNode } from "../chain/block-node.ts";
import { antiDosWork } from "./anti-dos-work.ts";
import { noteAnnounced } from "./availability.ts";
import type { BlockDownload } from "./block-download.ts";
import { BadChains } from "./headers/bad-chains.ts";
import { LowWorkSync } from "./headers/low-work-sync.ts";
import type { Judge } from "./judge.ts";
import type { NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { PERMIT_NO_BAN } from "./permissions.ts";

/** Pause between two getheaders without an answer. Core: HEADERS_RESPONSE_TIME. */
const RESPONSE_MS = 120_000;
/** Time for all headers at the start, and more for each that is to come. */
const SYNC_BASE_MS = 900_000;
const SYNC_PER_HEADER_MS = 1;
const DAY = 86_400;
const NO_STOP = new Uint8Array(32);

/** What is known of a message of headers. */
interface HeadersOrigin {
  /** Their chain showed enough work. */
  readonly isProven: boolean;
  readonly viaCompact: boolean;
}

/** Asks for headers and takes them; blocks are fetched only towards headers with enough work. */
export class HeaderSync {
  readonly #parts: NetParts;
  readonly #peers: PeerSet;
  readonly #judge: Judge;
  readonly #download: BlockDownload;
  readonly #lowWork: LowWorkSync;
  readonly #badChains: BadChains;
  #lastInvBlock: Uint8Array | null = null;

  constructor(parts: NetParts, peers: PeerSet, judge: Judge, download: BlockDownload) {
    this.#parts = parts;
    this.#peers = peers;
    this.#judge = judge;
    this.#download = download;
    this.#lowWork = new LowWorkSync(parts, (peer, locator) => this.#send(peer, locator));
    this.#badChains = new BadChains(parts, peers, (peer, from) => this.ask(peer, from));
  }

  /** Asks for what comes behind `from`. False when a question still waits for its answer. */
  ask(peer: Peer, from: BlockNode): boolean {
    return this.#send(peer, this.#parts.chain.locator(from));
  }

  /** Core: MaybeSendGetHeaders. */
  #send(peer: Peer, locator: Uint8Array[]): boolean {
    const now = this.#parts.clock.nowMs();
    if (now - peer.sync.getHeadersAt <= RESPONSE_MS) return false;
    peer.connection.send({ type: "getheaders", locator, stop: NO_STOP });
    peer.sync.getHeadersAt = now;
    return true;
  }

  /**
   * Core: ProcessHeadersMessage.
   *
   * @param viaCompact the one header came with a compact block, whose sender need not have checked it
   */
  accept(peer: Peer, received: readonly BlockHeader[], viaCompact = false): void {
    if (received.length === 0) {
      peer.presync = null;
      peer.sync.getHeadersAt = 0;
      return;
    }
    const breach = this.#breach(received);
    if (breach !== null) {
      this.#judge.misbehaving(peer, breach);
      return;
    }
    const { headers, isProven } = this.#lowWork.digest(peer, received);
    if (headers !== null) this.#take(peer, headers, { isProven, viaCompact });
  }

  #take(peer: Peer, headers: readonly BlockHeader[], origin: HeadersOrigin): void {
    const first = headers[0] as BlockHeader;
    const last = headers[headers.length - 1] as BlockHeader;
    const parent = this.#parts.chain.node(first.prevHash);
    if (parent === null) {
      this.#unconnected(peer, first, last);
      return;
    }
    peer.sync.getHeadersAt = 0;
    if (origin.isProven || peer.may(PERMIT_NO_BAN) || this.#isKnown(last)) {
      this.#store(peer, headers, origin);
      return;
    }
    const wantedWork = antiDosWork(this.#parts.chain);
    let work = parent.chainWork;
    for (const header of headers) work += blockWork(header.bits);
    if (work >= wantedWork) this.#store(peer, headers, origin);
    else if (headers.length === MAX_HEADERS) this.#lowWork.begin(peer, parent, wantedWork, headers);
    else
      this.#parts.log.debug(
        "net",
        `Ignoring low-work chain (height=${parent.height + headers.length}) from peer=${peer.id}`,
      );
  }

  /** It takes no more memory to hear of it again. Core: IsAncestorOfBestHeaderOrTip. */
  #isKnown({ hash }: BlockHeader): boolean {
    const { chain } = this.#parts;
    const known = chain.node(hash);
    if (known === null) return false;
    return chain.bestHeader.ancestor(known.height) === known || chain.contains(known);
  }

  #breach(headers: readonly BlockHeader[]): string | null {
    for (const header of headers)
      if (checkHeaderProofOfWork(header, this.#parts.network) !== null)
        return "header with invalid proof of work";
    for (let i = 1; i < headers.length; i++) {
      const [before, header] = [headers[i - 1] as BlockHeader, headers[i] as BlockHeader];
      if (!equalBytes(header.prevHash, before.hash)) return "non-continuous headers sequence";
    }
    return null;
  }

  /** It may be an announcement whose parents we miss: no crime, ask for them. */
  #unconnected(peer: Peer, first: BlockHeader, last: BlockHeader): void {
    const { chain, log } = this.#parts;
    if (this.ask(peer, chain.bestHeader))
      log.debug(
        "net",
        `received header ${formatHash(first.hash)}: missing prev block ${formatHash(first.prevHash)}, sending getheaders (${chain.bestHeader.height}) to end (peer=${peer.id})`,
      );
    noteAnnounced(peer, last.hash, chain);
  }

  #store(peer: Peer, headers: readonly BlockHeader[], origin: HeadersOrigin): void {
    const { chain, log } = this.#parts;
    const isNew = chain.node((headers[headers.length - 1] as BlockHeader).hash) === null;
    const { last: node, fault } = chain.acceptHeaders(headers);
    if (fault !== null) {
      this.#judge.blockFault(peer, fault, "invalid header received", origin.viaCompact);
      return;
    }
    if (node === null) return;
    if (isNew) this.logNew(peer, node, false);
    const isFull = headers.length === MAX_HEADERS;
    if (isFull && peer.presync === null && this.ask(peer, node))
      log.debug("net", `more getheaders (${node.height}) to end to peer=${peer.id}`);
    noteAnnounced(peer, node.hash, chain);
    if (isNew) this.noteNews(peer, node);
    if (this.#isDeadEnd(peer, isFull)) {
      log.info(`outbound peer headers chain has insufficient work, disconnecting peer=${peer.id}`);
      peer.connection.close();
      return;
    }
    this.#badChains.protect(peer);
    this.#download.fetchTowards(peer, node);
  }

  /** Tells of a header that nobody sent before. Core: LogBlockHeader. */
  logNew(peer: Peer, node: BlockNode, viaCompact: boolean): void {
    const { chain, log } = this.#parts;
    const what = viaCompact ? "cmpctblock header" : "header";
    const text = `Saw new ${what} hash=${formatHash(node.hash)} height=${node.height} peer=${peer.id}`;
    if (chain.isInitialDownload) log.debug("validation", text);
    else log.info(text);
  }

  /** Who brings news is worth keeping when connections are too many. */
  noteNews(peer: Peer, node: BlockNode): void {
    const { chain, clock } = this.#parts;
    if (node.chainWork > chain.tip.chainWork) peer.sync.newsAt = clock.now();
  }

  /** While we catch up, an outbound peer whose whole chain has too little work is of no use. */
  #isDeadEnd(peer: Peer, mayHaveMore: boolean): boolean {
    const { chain } = this.#parts;
    if (!chain.isInitialDownload || mayHaveMore) return false;
    if (peer.kind !== "outbound-full-relay" && peer.kind !== "block-relay-only") return false;
    const { bestKnown } = peer.sync;
    return bestKnown !== null && bestKnown.chainWork < chain.minimumChainWork;
  }

  /** Blocks announced by inv: the last unknown one makes us ask for headers, once a message (CVE-2024-52915). */
  announced(peer: Peer, unknown: Uint8Array): void {
    const { chain, log } = this.#parts;
    const { sync } = peer;
    const isNews = this.#lastInvBlock === null || !equalBytes(unknown, this.#lastInvBlock);
    if (!sync.isStarted && (sync.invAskedHeaders || !isNews)) return;
    if (this.ask(peer, chain.bestHeader))
      log.debug(
        "net",
        `getheaders (${chain.bestHeader.height}) ${formatHash(unknown)} to peer=${peer.id}`,
      );
    if (sync.isStarted) return;
    sync.invAskedHeaders = true;
    this.#lastInvBlock = unknown.slice();
  }

  /** Begins the sync with one peer, or with all when we are close to today. */
  tick(peer: Peer): void {
    this.#tellWish(peer);
    this.#checkTimeout(peer);
    if (!peer.connection.isClosed) this.#badChains.tick(peer);
    const { chain, clock, log, network } = this.#parts;
    const { sync } = peer;
    if (sync.isStarted || !peer.servesBlocks || chain.isImporting || peer.connection.isClosed)
      return;
    const best = chain.bestHeader;
    const isFirst = this.#started() === 0 && this.#download.maySyncFrom(peer);
    if (!isFirst && best.time <= clock.now() - DAY) return;
    // From the parent of the best header, so that the answer is never empty.
    const from = best.parent ?? best;
    if (!this.ask(peer, from)) return;
    log.debug(
      "net",
      `initial getheaders (${from.height}) to peer=${peer.id} (startheight:${peer.startHeight})`,
    );
    sync.isStarted = true;
    const expected = (clock.now() - best.time) / network.targetSpacing;
    sync.headersTimeoutAt = clock.nowMs() + SYNC_BASE_MS + SYNC_PER_HEADER_MS * expected;
  }

  /** BIP130: we would like headers, once we know that the peer's chain is worth it. */
  #tellWish(peer: Peer): void {
    const { bestKnown, sentSendHeaders } = peer.sync;
    if (sentSendHeaders || peer.version < SENDHEADERS_VERSION || bestKnown === null) return;
    if (bestKnown.chainWork <= this.#parts.chain.minimumChainWork) return;
    peer.connection.send({ type: "sendheaders" });
    peer.sync.sentSendHeaders = true;
  }

  #checkTimeout(peer: Peer): void {
    const { chain, clock, log } = this.#parts;
    const { sync } = peer;
    if (!sync.isStarted || sync.headersTimeoutAt === Number.POSITIVE_INFINITY) return;
    if (chain.bestHeader.time > clock.now() - DAY) {
      sync.headersTimeoutAt = Number.POSITIVE_INFINITY;
      return;
    }
    const others = this.#peers.count((other) => other !== peer && other.sync.isPreferred);
    if (clock.nowMs() <= sync.headersTimeoutAt || this.#started() !== 1 || others === 0) return;
    if (peer.may(PERMIT_NO_BAN)) {
      log.info(`Timeout downloading headers from noban peer, not disconnecting peer=${peer.id}`);
      sync.isStarted = false;
      sync.headersTimeoutAt = 0;
    } else {
      log.info(`Timeout downloading headers, disconnecting peer=${peer.id}`);
      peer.connection.close();
    }
  }

  #started(): number {
    return this.#peers.count((peer) => peer.sync.isStarted);
  }
}
