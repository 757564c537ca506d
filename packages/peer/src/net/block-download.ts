import type { Block } from "@compeer/protocol/bitcoin/block";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { checkMutation } from "@compeer/protocol/consensus/check-block";
import { blockWork } from "@compeer/protocol/consensus/difficulty";
import { type BlockFault, formatFault } from "@compeer/protocol/consensus/fault";
import { MSG_BLOCK, MSG_CMPCT_BLOCK, MSG_WITNESS_FLAG } from "@compeer/protocol/wire/inventory";
import type { BlockNode } from "../chain/block-node.ts";
import { VALID_SCRIPTS } from "../chain/block-status.ts";
import { antiDosWork } from "./anti-dos-work.ts";
import { BlockRequests, MAX_IN_FLIGHT } from "./block-requests.ts";
import { BlockSources } from "./block-sources.ts";
import { BlockTimeouts } from "./block-timeouts.ts";
import { findNextBlocks } from "./block-window.ts";
import { HighBandwidthPeers } from "./compact/high-bandwidth-peers.ts";
import type { Judge } from "./judge.ts";
import { isNearTip } from "./near-tip.ts";
import type { NetOptions, NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { WantedBlocks } from "./wanted-blocks.ts";

/** More is asked of a peer when no more than this is left to come: some blocks a message, not one. */
const REFILL_AT = 12;
/** Fetches blocks: from several peers at once, in a window, and away from those who stall. */
export class BlockDownload {
  readonly requests: BlockRequests = new BlockRequests();
  readonly #parts: NetParts;
  readonly #peers: PeerSet;
  readonly #judge: Judge;
  readonly #sources = new BlockSources();
  readonly #wanted: WantedBlocks;
  readonly #timeouts: BlockTimeouts;
  readonly #highBandwidth = new HighBandwidthPeers();
  readonly #blocksOnly: boolean;

  constructor(
    parts: NetParts,
    peers: PeerSet,
    judge: Judge,
    options: Pick<NetOptions, "blocksOnly">,
  ) {
    this.#parts = parts;
    this.#peers = peers;
    this.#judge = judge;
    this.#blocksOnly = options.blocksOnly;
    this.#wanted = new WantedBlocks(parts.chain);
    this.#timeouts = new BlockTimeouts(parts, this.requests);
    parts.chain.blockChecked.on(({ hash, fault }) => this.#checked(hashKey(hash), fault));
  }

  /** Core: BlockChecked. */
  #checked(key: string, fault: BlockFault | null): void {
    const source = this.#sources.take(key);
    const peer = source === undefined ? undefined : this.#peers.get(source.peerId);
    if (source === undefined || peer === undefined) return;
    if (fault !== null) {
      this.#judge.blockFault(peer, fault, "invalid block", source.viaCompact);
      return;
    }
    // With no other block under way it is the newest, and its sender was quick.
    const others = this.requests.size - (this.requests.isRequested(key) ? 1 : 0);
    if (others > 0 || this.#blocksOnly || this.#parts.chain.isInitialDownload) return;
    this.#highBandwidth.choose(peer);
  }

  /** Takes a block from a peer; resolves when the chain has judged it. */
  async accept(peer: Peer, block: Block): Promise<void> {
    const { clock, log } = this.#parts;
    const key = hashKey(block.hash);
    log.debug("net", `received block ${formatHash(block.hash)} peer=${peer.id}`);
    if (this.#isMutated(block)) {
      log.debug("net", `Received mutated block from peer=${peer.id}`);
      this.#judge.misbehaving(peer, "mutated block");
      // Ours to this peer only: another may be about to send the true one (CVE-2024-52921).
      this.requests.remove(peer, key, clock.nowMs());
      return;
    }
    const force = this.requests.isRequested(key);
    this.requests.remove(peer, key, clock.nowMs());
    if (this.#hasTooLittleWork(block)) {
      log.debug(
        "validation",
        `AcceptBlockHeader: not adding new block header ${formatHash(block.hash)}, missing anti-dos proof-of-work validation`,
      );
      return;
    }
    await this.#submit(peer, block, { force, viaCompact: false });
  }

  /** Takes a block that was put together from a compact one; resolves when the chain has judged it. */
  acceptCompact(peer: Peer, block: Block): Promise<void> {
    return this.#submit(peer, block, { force: true, viaCompact: true });
  }

  async #submit(
    peer: Peer,
    block: Block,
    { force, viaCompact }: { force: boolean; viaCompact: boolean },
  ): Promise<void> {
    const { chain, clock, log } = this.#parts;
    const key = hashKey(block.hash);
    this.#sources.note(key, { peerId: peer.id, viaCompact });
    this.requests.noteArrived(key);
    const { fault, isNew } = await chain
      .submitBlock(block, { force })
      .finally(() => this.requests.noteTaken(key));
    if (isNew) {
      peer.lastBlockAt = clock.now();
      this.endAllRequests(key);
    }
    if (fault === null && isNew) return;
    const source = this.#sources.take(key);
    if (fault === null || source === undefined) return;
    if (fault.kind === "mutated") log.debug("validation", `Block mutated: ${formatFault(fault)}`);
    this.#judge.blockFault(peer, fault, "invalid block", viaCompact);
  }

  /** While we catch up the chain's own look is enough: what a peer sends then was asked of it. */
  #isMutated(block: Block): boolean {
    const { chain, log, network } = this.#parts;
    const parent = chain.node(block.header.prevHash);
    if (parent === null || chain.isInitialDownload) return false;
    const fault = checkMutation(block, parent.height + 1 >= network.segwitHeight);
    if (fault !== null) log.debug("validation", `Block mutated: ${formatFault(fault)}`);
    return fault !== null;
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
    if (!isNearTip(this.#parts) || last.isFailed || chain.tip.chainWork > last.chainWork) return;
    const wanted: BlockNode[] = [];
    let node: BlockNode | null = last;
    for (
      ;
      node !== null && !chain.contains(node) && wanted.length <= MAX_IN_FLIGHT;
      node = node.parent
    )
      if (!node.haveData && !this.requests.isUnderWay(node.key) && this.#canServe(peer, node))
        wanted.push(node);
    if (node === null || !chain.contains(node)) {
      log.debug(
        "net",
        `Large reorg, won't direct fetch to ${formatHash(last.hash)} (${last.height})`,
      );
      return;
    }
    const asked = wanted.reverse().slice(0, MAX_IN_FLIGHT - peer.sync.inFlight.size);
    if (asked.length === 1 && this.#mayBeCompact(peer, last))
      this.#askCompact(peer, asked[0] as BlockNode);
    else this.#ask(peer, asked);
  }

  /** One block on top of what we have is fetched as a compact one. */
  #mayBeCompact(peer: Peer, last: BlockNode): boolean {
    if (this.#blocksOnly || !peer.providesCompact || this.requests.size > 0) return false;
    return last.parent?.isValid(VALID_SCRIPTS) === true;
  }

  #askCompact(peer: Peer, node: BlockNode): void {
    this.noteRequest(peer, node);
    peer.connection.send({ type: "getdata", items: [{ kind: MSG_CMPCT_BLOCK, hash: node.hash }] });
  }

  #canServe(peer: Peer, node: BlockNode): boolean {
    return peer.servesWitnesses || node.height < this.#parts.network.segwitHeight;
  }

  #ask(peer: Peer, nodes: readonly BlockNode[]): void {
    if (nodes.length === 0) return;
    for (const node of nodes) this.noteRequest(peer, node);
    this.#getData(peer, nodes);
  }

  #getData(peer: Peer, nodes: readonly BlockNode[]): void {
    const kind = peer.servesWitnesses ? MSG_BLOCK | MSG_WITNESS_FLAG : MSG_BLOCK;
    peer.connection.send({ type: "getdata", items: nodes.map(({ hash }) => ({ kind, hash })) });
  }

  /** The block is being asked of this peer, in one way or another. */
  noteRequest(peer: Peer, node: BlockNode): void {
    this.requests.add(peer, node, this.#parts.clock.nowMs());
    this.#parts.log.debug(
      "net",
      `Requesting block ${formatHash(node.hash)} (${node.height}) peer=${peer.id}`,
    );
  }

  endRequest(peer: Peer, key: string): void {
    this.requests.remove(peer, key, this.#parts.clock.nowMs());
  }

  endAllRequests(key: string): void {
    this.requests.removeAll(key, this.#parts.clock.nowMs());
  }

  /** Asks for the whole of a block that could not be put together; the request goes on. */
  fetchWhole(peer: Peer, node: BlockNode): void {
    this.#getData(peer, [node]);
  }

  /** Asks one peer for one block, whatever else is under way (getblockfrompeer). */
  fetchFrom(peer: Peer, node: BlockNode): void {
    this.endAllRequests(node.key);
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
    if (this.#timeouts.check(peer) || !this.#isUsable(peer)) return;
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
    if (inFlight.size === 0 && staller !== null) this.#timeouts.startStall(staller);
  }

  #isUsable(peer: Peer): boolean {
    if (!peer.servesBlocks) return false;
    return !this.#parts.chain.isInitialDownload || (!peer.isLimited && this.maySyncFrom(peer));
  }

  forget(peer: Peer): void {
    this.requests.forget(peer, this.#parts.clock.nowMs());
    this.#highBandwidth.forget(peer);
  }
}
