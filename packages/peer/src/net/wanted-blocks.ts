import type { BlockNode } from "../chain/block-node.ts";
import { resolveAnnounced } from "./availability.ts";
import type { BlockRequests } from "./block-requests.ts";
import { LIMITED_DEPTH } from "./block-window.ts";
import type { NetChain } from "./net-parts.ts";
import type { Peer } from "./peer.ts";

/** Who has not sent a block by then does not have it: another is asked. */
const ANSWER_MS = 60_000;

/** Whom we have asked for a block, by id, since when the last one. */
interface Search {
  readonly asked: Set<number>;
  since: number;
}

/**
 * Blocks that were stored once and whose data is gone: rotten on disk, or found to be so before the last
 * stop. The download window looks ahead only and never comes back to them, so they are kept here until
 * some peer has sent them again.
 */
export class WantedBlocks {
  readonly #chain: NetChain;
  readonly #searches = new Map<BlockNode, Search>();

  constructor(chain: NetChain) {
    this.#chain = chain;
    chain.wanted.on((node) => this.#add(node));
    if (chain.isPruned) return; // what is missing is missing on purpose
    for (let node: BlockNode | null = chain.tip; node !== null; node = node.parent)
      if (!node.haveData && node.height > 0) this.#add(node);
  }

  #add(node: BlockNode): void {
    this.#searches.set(node, { asked: new Set(), since: 0 });
  }

  /** At most `count` of them to ask this peer for now. */
  next(peer: Peer, count: number, requests: BlockRequests, nowMs: number): BlockNode[] {
    const nodes: BlockNode[] = [];
    if (this.#searches.size === 0) return nodes;
    resolveAnnounced(peer, this.#chain);
    for (const [node, search] of this.#searches) {
      if (nodes.length >= count) break;
      if (node.haveData || node.isFailed) this.#searches.delete(node);
      else if (requests.isRequested(node.key)) {
        if (search.asked.size > 0 && nowMs - search.since > ANSWER_MS)
          requests.removeAll(node.key, nowMs);
      } else if (!search.asked.has(peer.id) && this.#mayHave(peer, node)) {
        search.asked.add(peer.id);
        search.since = nowMs;
        nodes.push(node);
      }
    }
    return nodes;
  }

  /** Nobody tells which blocks it has beside its best chain; such a block is asked of one after the other. */
  #mayHave(peer: Peer, node: BlockNode): boolean {
    const best = peer.sync.bestKnown;
    if (best === null || !peer.servesWitnesses) return false;
    if (peer.isLimited && best.height - node.height >= LIMITED_DEPTH) return false;
    const isStale = this.#chain.bestHeader.ancestor(node.height) !== node;
    return isStale || best.ancestor(node.height) === node;
  }
}
