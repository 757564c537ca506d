import type { Network } from "@compeer/protocol/bitcoin/network";
import type { BlockNode } from "../chain/block-node.ts";
import { resolveAnnounced } from "./availability.ts";
import type { BlockRequests } from "./block-requests.ts";
import type { NetChain } from "./net-parts.ts";
import type { Peer } from "./peer.ts";

/** Blocks beyond the last common one that may be fetched. Core: BLOCK_DOWNLOAD_WINDOW. */
const WINDOW = 1024;
/** What a limited peer promises (BIP159), less two for races. */
export const LIMITED_DEPTH: number = 288 - 2;

export interface NextBlocks {
  readonly nodes: readonly BlockNode[];
  /** Who keeps the window from moving, when it is that what leaves this peer idle. */
  readonly staller: Peer | null;
}

const NOTHING: NextBlocks = { nodes: [], staller: null };

/** Blocks to ask of `peer` next, at most `count`, lowest first. Core: FindNextBlocksToDownload. */
export function findNextBlocks(
  peer: Peer,
  count: number,
  parts: { chain: NetChain; network: Network; requests: BlockRequests },
): NextBlocks {
  const { chain } = parts;
  resolveAnnounced(peer, chain);
  const best = peer.sync.bestKnown;
  if (count <= 0 || best === null) return NOTHING;
  if (best.chainWork < chain.tip.chainWork || best.chainWork < chain.minimumChainWork)
    return NOTHING;
  const start = lastCommon(peer, best, chain);
  return start === best ? NOTHING : scan(peer, best, start, count, parts);
}

/** Where the peer's chain and ours part, or further where its blocks were fetched already. */
function lastCommon(peer: Peer, best: BlockNode, chain: NetChain): BlockNode {
  const fork = chain.findFork(best);
  const known = peer.sync.lastCommon;
  const isUseful =
    known !== null && known.chainWork >= fork.chainWork && best.ancestor(known.height) === known;
  if (!isUseful) peer.sync.lastCommon = fork;
  return isUseful ? known : fork;
}

function scan(
  peer: Peer,
  best: BlockNode,
  start: BlockNode,
  count: number,
  { chain, network, requests }: { chain: NetChain; network: Network; requests: BlockRequests },
): NextBlocks {
  const windowEnd = start.height + WINDOW;
  const nodes: BlockNode[] = [];
  let waitingFor: Peer | null = null;
  for (const node of path(best, start.height + 1, Math.min(best.height, windowEnd + 1))) {
    if (node.isFailed) break;
    if (!peer.servesWitnesses && node.height >= network.segwitHeight) break;
    if (node.haveData || chain.contains(node)) {
      if (node.chainTxCount > 0) peer.sync.lastCommon = node;
      continue;
    }
    if (requests.isUnderWay(node.key)) {
      waitingFor ??= requests.firstAsked(node.key);
      continue;
    }
    if (node.height > windowEnd) {
      const isStalled = nodes.length === 0 && waitingFor !== peer;
      return { nodes, staller: isStalled ? waitingFor : null };
    }
    if (peer.isLimited && best.height - node.height >= LIMITED_DEPTH) continue;
    nodes.push(node);
    if (nodes.length === count) break;
  }
  return { nodes, staller: null };
}

/** The ancestors of `best` from `first` to `last`, a stretch at a time. */
function* path(best: BlockNode, first: number, last: number): Generator<BlockNode> {
  for (let from = first; from <= last; from += 128) {
    const stretch: BlockNode[] = [];
    let node = best.ancestor(Math.min(last, from + 127));
    for (; node !== null && node.height >= from; node = node.parent) stretch.push(node);
    yield* stretch.reverse();
  }
}
