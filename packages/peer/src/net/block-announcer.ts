import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHeaders } from "@compeer/protocol/wire/headers-message";
import { MAX_INVENTORY, MSG_BLOCK } from "@compeer/protocol/wire/inventory";
import type { BlockNode } from "../chain/block-node.ts";
import { resolveAnnounced } from "./availability.ts";
import type { CompactService } from "./compact/compact-service.ts";
import type { NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";

/** More new blocks than this are announced by the last one alone. Core: MAX_BLOCKS_TO_ANNOUNCE. */
const MAX_TO_ANNOUNCE = 8;

/** Tells peers of new blocks: by headers to who likes these and can connect them, else by inv (BIP130). */
export class BlockAnnouncer {
  readonly #parts: NetParts;
  readonly #peers: PeerSet;
  readonly #compact: CompactService;
  #announced: BlockNode;

  constructor(parts: NetParts, peers: PeerSet, compact: CompactService) {
    this.#parts = parts;
    this.#peers = peers;
    this.#compact = compact;
    this.#announced = parts.chain.tip;
    parts.chain.tipChanged.on((tip) => this.#queue(tip));
  }

  #queue(tip: BlockNode): void {
    const before = this.#announced;
    this.#announced = tip;
    if (this.#parts.chain.isInitialDownload) return;
    const fresh: BlockNode[] = [];
    let node: BlockNode | null = tip;
    while (
      node !== null &&
      before.ancestor(node.height) !== node &&
      fresh.length < MAX_TO_ANNOUNCE
    ) {
      fresh.push(node);
      node = node.parent;
    }
    fresh.reverse();
    for (const peer of this.#peers) peer.sync.toAnnounce.push(...fresh);
  }

  tick(peer: Peer): void {
    const { sync } = peer;
    if (sync.toAnnounce.length > 0) this.#announce(peer, sync.toAnnounce);
    sync.toAnnounce = [];
    while (sync.invBlocks.length > 0) {
      const items = sync.invBlocks
        .splice(0, MAX_INVENTORY)
        .map((hash) => ({ kind: MSG_BLOCK, hash }));
      peer.connection.send({ type: "inv", items });
    }
  }

  #announce(peer: Peer, nodes: readonly BlockNode[]): void {
    resolveAnnounced(peer, this.#parts.chain);
    const headers = this.#headersFor(peer, nodes);
    const last = nodes[nodes.length - 1] as BlockNode;
    if (headers === null) {
      if (peer.hasHeader(last)) return;
      peer.sync.invBlocks.push(last.hash);
      this.#parts.log.debug("net", `sending inv peer=${peer.id} hash=${formatHash(last.hash)}`);
    } else if (headers.length === 1 && peer.asksHighBandwidth) {
      this.#compact.announceTo(peer, last);
    } else if (headers.length > 0) {
      peer.connection.sendPayload("headers", encodeHeaders(headers.map((node) => node.header)));
      peer.sync.bestHeaderSent = last;
    }
  }

  /** From the first header that the peer misses; null when they would not connect there. */
  #headersFor(peer: Peer, nodes: readonly BlockNode[]): BlockNode[] | null {
    const mayBeCompact = peer.asksHighBandwidth && nodes.length === 1;
    if (!peer.sync.wantsHeaders && !mayBeCompact) return null;
    if (nodes.length > MAX_TO_ANNOUNCE) return null;
    const headers: BlockNode[] = [];
    let before: BlockNode | null = null;
    for (const node of nodes) {
      if (!this.#parts.chain.contains(node)) return null;
      if (before !== null && node.parent !== before) return null;
      before = node;
      if (headers.length === 0) {
        if (peer.hasHeader(node)) continue;
        if (node.parent !== null && !peer.hasHeader(node.parent)) return null;
      }
      headers.push(node);
    }
    return headers;
  }
}
