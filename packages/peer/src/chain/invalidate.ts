import { forgive, isConnectable, noteInvalidChain, setFailed } from "./block-failure.ts";
import type { BlockNode } from "./block-node.ts";
import { FAILED_CHILD, FAILED_VALID } from "./block-status.ts";
import { isWorse } from "./candidates.ts";
import type { ChainState } from "./chain-state.ts";
import { disconnectTip } from "./disconnect-tip.ts";

/** Blocks from the tip down whose transactions go back into the mempool. Core: InvalidateBlock. */
const MAX_REVIVED = 10;

/** Treats a block as invalid from now on, and leaves it if the chain stands on it. Core: InvalidateBlock. */
export async function invalidate(state: ChainState, node: BlockNode): Promise<void> {
  if (node.parent === null) throw new Error("the genesis block cannot be invalid");
  const wasActive = state.active.contains(node);
  const top = state.tip.height;
  let above: BlockNode | null = null;
  while (state.active.contains(node) && !state.isStopping) {
    const tip = state.tip;
    const revives = tip.height > top - MAX_REVIVED;
    if (!(await disconnectTip(state, revives)))
      throw new Error("A block that must be disconnected has rotted on disk");
    state.candidates.remove(tip);
    // Marked at once: a crash on the way must not leave a chain without a good tip.
    setFailed(state, tip, FAILED_VALID);
    if (above !== null) setFailed(state, above, FAILED_CHILD);
    above = tip;
  }
  if (state.active.contains(node)) return; // stopped on the way
  if (!wasActive && !node.isFailed) {
    setFailed(state, node, FAILED_VALID);
    state.candidates.remove(node);
  }
  noteInvalidChain(state, node);
  restoreCandidates(state);
  if (wasActive) state.tipChanged.emit(state.tip);
}

/** Takes back every failure on the branches that hold `node`. */
export function reconsider(state: ChainState, node: BlockNode): void {
  forgive(state, node);
}

/** Treats a block as if it had come before all others of its work. Core: PreciousBlock. */
export function makePrecious(state: ChainState, node: BlockNode): void {
  const { tip } = state;
  if (node.chainWork < tip.chainWork) return;
  if (tip.chainWork > state.lastPreciousWork) state.preciousSequenceId = -1;
  state.lastPreciousWork = tip.chainWork;
  state.candidates.remove(node);
  node.sequenceId = state.preciousSequenceId--;
  if (isConnectable(node)) state.candidates.add(node);
}

/** With a worse tip, more blocks are good enough to be candidates. */
function restoreCandidates(state: ChainState): void {
  for (const node of state.tree.nodes())
    if (isConnectable(node) && !isWorse(node, state.tip)) state.candidates.add(node);
}
