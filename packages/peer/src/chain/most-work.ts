import { setFailed } from "./block-failure.ts";
import type { BlockNode } from "./block-node.ts";
import { FAILED_CHILD } from "./block-status.ts";
import type { ChainState } from "./chain-state.ts";

/**
 * The block that the chain should move to: the best candidate all of whose unconnected ancestors are
 * here and have not failed; null when there is none. Core: FindMostWorkChain.
 */
export function findMostWork(state: ChainState): BlockNode | null {
  for (;;) {
    const best = state.candidates.best();
    if (best === null) return null;
    const obstacle = findObstacle(state, best);
    if (obstacle === null) return best;
    dropBranch(state, best, obstacle);
  }
}

/** The first failed or missing block on the way from `best` down to the active chain. */
function findObstacle(state: ChainState, best: BlockNode): BlockNode | null {
  const { pending } = state;
  let node: BlockNode | null = best;
  for (; node !== null && !state.active.contains(node); node = node.parent) {
    if (node === pending?.node) continue;
    if (node.isFailed || !node.haveData) return node;
  }
  return null;
}

/** Takes everything from `best` down to `obstacle` out of the candidates. */
function dropBranch(state: ChainState, best: BlockNode, obstacle: BlockNode): void {
  if (obstacle.isFailed && (state.bestInvalid?.chainWork ?? 0n) < best.chainWork)
    state.bestInvalid = best;
  for (let node = best; node !== obstacle; node = node.parent as BlockNode) {
    state.candidates.remove(node);
    if (obstacle.isFailed) setFailed(state, node, FAILED_CHILD);
    else state.unlinked.add(node); // it counts again when the missing data comes
  }
  state.candidates.remove(obstacle);
}
