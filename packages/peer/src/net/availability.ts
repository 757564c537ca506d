import type { BlockNode } from "../chain/block-node.ts";
import type { NetChain } from "./net-parts.ts";
import type { Peer } from "./peer.ts";

/** Notes that the peer has the block `hash`, known to us or not yet. Core: UpdateBlockAvailability. */
export function noteAnnounced(peer: Peer, hash: Uint8Array, chain: NetChain): void {
  resolveAnnounced(peer, chain);
  const node = chain.node(hash);
  if (node === null) peer.sync.lastUnknown = hash.slice();
  else raiseBest(peer, node);
}

/** Looks whether what the peer announced has become known. Core: ProcessBlockAvailability. */
export function resolveAnnounced(peer: Peer, chain: NetChain): void {
  if (peer.sync.lastUnknown === null) return;
  const node = chain.node(peer.sync.lastUnknown);
  if (node === null) return;
  raiseBest(peer, node);
  peer.sync.lastUnknown = null;
}

function raiseBest(peer: Peer, node: BlockNode): void {
  const { bestKnown } = peer.sync;
  if (bestKnown === null || node.chainWork >= bestKnown.chainWork) peer.sync.bestKnown = node;
}
