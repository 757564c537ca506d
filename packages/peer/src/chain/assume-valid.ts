import { blockWork } from "@compeer/protocol/consensus/difficulty";
import type { BlockNode } from "./block-node.ts";
import type { ChainState } from "./chain-state.ts";

const TWO_WEEKS = BigInt(14 * 24 * 60 * 60);

/**
 * Why the scripts of a block must be checked; null when they are taken as valid, because the block is
 * an ancestor of one that was reviewed (-assumevalid), on the best chain of headers, under enough work,
 * and buried so deep that nobody builds such a chain to cheat us. Core: ConnectBlock.
 */
export function scriptCheckReason(state: ChainState, node: BlockNode): string | null {
  const { assumeValid, minimumChainWork } = state.settings;
  if (assumeValid === null) return "assumevalid=0 (always verify)";
  const assumed = state.tree.get(assumeValid);
  const best = state.tree.bestHeader;
  if (assumed === undefined) return "assumevalid hash not in headers";
  if (assumed.ancestor(node.height) !== node)
    return node.height > assumed.height
      ? "block height above assumevalid height"
      : "block not in assumevalid chain";
  if (best.ancestor(node.height) !== node) return "block not in best header chain";
  if (best.chainWork < minimumChainWork) return "best header chainwork below minimumchainwork";
  if (secondsBetween(node, best, state.network.targetSpacing) <= TWO_WEEKS)
    return "block too recent relative to best header";
  return null;
}

/** How long the work from one block to a later one takes at the later one's difficulty. Core: GetBlockProofEquivalentTime. */
function secondsBetween(from: BlockNode, to: BlockNode, targetSpacing: number): bigint {
  return ((to.chainWork - from.chainWork) * BigInt(targetSpacing)) / blockWork(to.bits);
}
