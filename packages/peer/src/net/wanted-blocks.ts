import type { BlockNode } from "../chain/block-node.ts";
import { resolveAnnounced } from "./availability.ts";
import type { BlockRequests } from "./block-requests.ts";
import { LIMITED_DEPTH } from "./block-window.ts";
import type { NetChain } from "./net-parts.ts";
import type { Peer } from "./peer.ts";

/**
 * Blocks that were stored once and whose data is gone: rotten on disk, or found to be so before the last
 * stop. The download window looks ahead only and never comes back to them, so they are kept here until
 * some peer has sent them again.
 */
export class WantedBlocks {
  readonly #chain: NetChain;
  readonly #nodes = new Set<BlockNode>();

  constructor(chain: NetChain) {
    this.#chain = chain;
    chain.wanted.on((node) => this.#nodes.add(node));
    if (chain.isPruned) return; // what is missing is missing on purpose
    for (let node: BlockNode | null = chain.tip; node !== null; node = node.parent)
      if (!node.haveData && node.height > 0) this.#nodes.add(node);
  }

  /** At most `count` of them that the peer has and that were asked of nobody. */
  next(peer: Peer, count: number, requests: BlockRequests): BlockNode[] {
    const nodes: BlockNode[] = [];
    if (this.#nodes.size === 0) return nodes;
    resolveAnnounced(peer, this.#chain);
    for (const node of this.#nodes) {
      if (nodes.length >= count) break;
      if (node.haveData || node.isFailed) this.#nodes.delete(node);
      else if (!requests.isRequested(node.key) && serves(peer, node)) nodes.push(node);
    }
    return nodes;
  }
}

function serves(peer: Peer, node: BlockNode): boolean {
  const best = peer.sync.bestKnown;
  if (best === null || best.ancestor(node.height) !== node) return false;
  return peer.servesWitnesses && !(peer.isLimited && best.height - node.height >= LIMITED_DEPTH);
}
