import type { Block } from "@compeer/protocol/bitcoin/block";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { blockWork } from "@compeer/protocol/consensus/difficulty";
import { formatFault } from "@compeer/protocol/consensus/fault";
import { MSG_BLOCK, MSG_WITNESS_FLAG } from "@compeer/protocol/wire/inventory";
import type { BlockNode } from "../chain/block-node.ts";
import { antiDosWork } from "./anti-dos-work.ts";
import { BlockRequests, MAX_IN_FLIGHT } from "./block-requests.ts";
import { BlockSources } from "./block-sources.ts";
import { findNextBlocks } from "./block-window.ts";
import type { Judge } from "./judge.ts";
import type { NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { WantedBlocks } from "./wanted-blocks.ts";

/** How long the one who stops the window may take; doubled with each who is sent away for it. */
const STALL_MS = 2000;
const MAX_STALL_MS = 64_000;
/** More is asked of a peer when no more than this is left to come: some blocks a message, not one. */
const REFILL_AT = 12;
/** The tip is recent when it is younger than so many block intervals. Core: CanDirectFetch. */
const RECENT_INTERVALS = 20;

/** Fetches blocks: from several peers at once, in a window, and away from those who stall. */
export class BlockDownload {
  readonly requests: BlockRequests = new BlockRequests();
  readonly #parts: NetParts;
  readonly #peers: PeerSet;
  readonly #judge: Judge;
  readonly #sources = new BlockSources();
  readonly #wanted: WantedBlocks;
  #stallMs = STALL_MS;

  constructor(parts: NetParts, peers: PeerSet, judge: Judge) {
    this.#parts = parts;
    this.#peers = peers;
    this.#judge = judge;
    this.#wanted = new WantedBlocks(parts.chain);
    parts.chain.blockConnected.on(() => this.#speedUp());
    parts.chain.blockChecked.on(({ hash, fault }) => {
      const sender = this.#sources.take(hashKey(hash));
      const peer = sender === undefined ? undefined : peers.get(sender);
      if (fault !== null && peer !== undefined) judge.blockFault(peer, fault, "invalid block");
    });
  }

  #speedUp(): void {
    if (this.#stallMs === STALL_MS) return;
    this.#stallMs = Math.max(STALL_MS, this.#stallMs * 0.85);
  }

  get isNearTip(): boolean {
    const { chain, clock, network } = this.#parts;
    return chain.tip.time > clock.now() - network.targetSpacing * RECENT_INTERVALS;
  }

  /** Takes a block from a peer; resolves when the chain has judged it. */
  async accept(peer: Peer, block: Block): Promise<void> {
    const { chain, clock, log } = this.#parts;
    const key = hashKey(block.hash);
    log.debug("net", `received block ${formatHash(block.hash)} peer=${peer.id}`);
    const force = this.requests.isRequested(key);
    this.requests.remove(peer, key, clock.nowMs());
    if (this.#hasTooLittleWork(block)) {
      log.debug(
        "validation",
        `AcceptBlockHeader: not adding new block header ${formatHash(block.hash)}, missing anti-dos proof-of-work validation`,
      );
      return;
    }
    this.#sources.note(key, peer.id);
    const { fault, isNew } = await chain.submitBlock(block, { force });
    if (isNew) peer.lastBlockAt = clock.now();
    if (fault === null && isNew) return;
    const sender = this.#sources.take(key);
    if (fault === null || sender === undefined) return;
    if (fault.kind === "mutated") log.debug("validation", `Block mutated: ${formatFault(fault)}`);
    this.#judge.blockFault(peer, fault, "invalid block");
  }

  /** A new header of a chain with too little work is not even looked at: such headers cost nothing. */
  #hasTooLittleWork(block: Block): boolean {
    const { chain } = this.#parts;
    if (chain.node(block.hash) !== null) return false;
    const parent = chain.node(block.header.prevHash);
    return parent !== null && parent.chainWork + blockWork(block.header.bits) < antiDosWork(chain);
  }

  /** Asks at once for the blocks that lead to a header just announced. Core: HeadersDirectFetchBlocks. */
  fetchTowards(peer: Peer, last: BlockNode): void {
    const { chain, log } = this.#parts;
    if (!this.isNearTip || last.isFailed || chain.tip.chainWork > last.chainWork) return;
    const wanted: BlockNode[] = [];
    let node: BlockNode | null = last;
    for (
      ;
      node !== null && !chain.contains(node) && wanted.length <= MAX_IN_FLIGHT;
      node = node.parent
    )
      if (!node.haveData && !this.requests.isRequested(node.key) && this.#canServe(peer, node))
        wanted.push(node);
    if (node === null || !chain.contains(node)) {
      log.debug(
        "net",
        `Large reorg, won't direct fetch to ${formatHash(last.hash)} (${last.height})`,
      );
      return;
    }
    this.#ask(peer, wanted.reverse().slice(0, MAX_IN_FLIGHT - peer.sync.inFlight.size));
  }

  #canServe(peer: Peer, node: BlockNode): boolean {
    return peer.servesWitnesses || node.height < this.#parts.network.segwitHeight;
  }

  #ask(peer: Peer, nodes: readonly BlockNode[]): void {
    if (nodes.length === 0) return;
    const { clock, log } = this.#parts;
    const kind = peer.servesWitnesses ? MSG_BLOCK | MSG_WITNESS_FLAG : MSG_BLOCK;
    for (const node of nodes) {
      this.requests.add(peer, node, clock.nowMs());
      log.debug(
        "net",
        `Requesting block ${formatHash(node.hash)} (${node.height}) peer=${peer.id}`,
      );
    }
    peer.connection.send({ type: "getdata", items: nodes.map(({ hash }) => ({ kind, hash })) });
  }

  /** Asks one peer for one block, whatever else is under way (getblockfrompeer). */
  fetchFrom(peer: Peer, node: BlockNode): void {
    this.requests.removeAll(node.key, this.#parts.clock.nowMs());
    this.#ask(peer, [node]);
  }

  /** True when blocks and headers may be asked of this peer while we catch up. */
  maySyncFrom(peer: Peer): boolean {
    if (peer.sync.isPreferred) return true;
    if (!peer.servesBlocks || peer.kind === "addr-fetch") return false;
    return this.requests.size === 0 || this.#peers.count((other) => other.sync.isPreferred) === 0;
  }

  /** Sends a peer away that stalls, else asks it for what comes next. */
  tick(peer: Peer): void {
    if (this.#isStalling(peer) || this.#isTooSlow(peer) || !this.#isUsable(peer)) return;
    const { inFlight } = peer.sync;
    if (inFlight.size > REFILL_AT) return;
    const nowMs = this.#parts.clock.nowMs();
    const free = MAX_IN_FLIGHT - inFlight.size;
    this.#ask(peer, this.#wanted.next(peer, free, this.requests, nowMs));
    const room = MAX_IN_FLIGHT - inFlight.size;
    const parts = {
      chain: this.#parts.chain,
      network: this.#parts.network,
      requests: this.requests,
    };
    const { nodes, staller } = findNextBlocks(peer, room, parts);
    this.#ask(peer, nodes);
    if (inFlight.size === 0 && staller !== null && staller.sync.stallingSince === 0) {
      staller.sync.stallingSince = this.#parts.clock.nowMs();
      this.#parts.log.debug("net", `Stall started peer=${staller.id}`);
    }
  }

  #isUsable(peer: Peer): boolean {
    if (!peer.servesBlocks) return false;
    return !this.#parts.chain.isInitialDownload || (!peer.isLimited && this.maySyncFrom(peer));
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
    const allowed = network.targetSpacing * 1000 * (1 + 0.5 * (this.requests.downloaders - 1));
    if (clock.nowMs() <= peer.sync.downloadingSince + allowed) return false;
    log.info(`Timeout downloading block ${formatHash(oldest.hash)}, disconnecting peer=${peer.id}`);
    peer.connection.close();
    return true;
  }

  forget(peer: Peer): void {
    this.requests.forget(peer, this.#parts.clock.nowMs());
  }
}
