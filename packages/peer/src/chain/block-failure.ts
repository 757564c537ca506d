import { formatHash } from "@compeer/protocol/bytes/hash";
import type { BlockFault } from "@compeer/protocol/consensus/fault";
import type { BlockNode } from "./block-node.ts";
import { FAILED_CHILD, FAILED_MASK, FAILED_VALID, VALID_TRANSACTIONS } from "./block-status.ts";
import { isWorse } from "./candidates.ts";
import type { ChainState } from "./chain-state.ts";
import { formatTime, logWork } from "./log-format.ts";

/**
 * Remembers that a block is invalid. A mutated block says nothing of its hash and is not remembered
 * (CVE-2012-2459). Core: InvalidBlockFound.
 */
export function markInvalid(state: ChainState, node: BlockNode, fault: BlockFault): void {
  if (fault.kind === "mutated") return;
  setFailed(state, node, FAILED_VALID);
  state.candidates.remove(node);
  noteInvalidChain(state, node);
}

/** Spreads the failure of `node` to its descendants and finds the best header anew. Core: InvalidChainFound. */
export function noteInvalidChain(state: ChainState, node: BlockNode): void {
  if (state.bestInvalid === null || node.chainWork > state.bestInvalid.chainWork)
    state.bestInvalid = node;
  for (const other of state.tree.nodes())
    if (isDescendant(other, node)) setFailed(state, other, FAILED_CHILD);
  const { tree } = state;
  if (tree.bestHeader.ancestor(node.height) === node) tree.recalculateBestHeader(state.tip);
  state.log.info(`InvalidChainFound: invalid block=${describe(node)}`);
  state.log.info(`InvalidChainFound:  current best=${describe(state.tip)}`);
}

/** Marks a block as failed by itself or by an ancestor, never both. */
export function setFailed(
  state: ChainState,
  node: BlockNode,
  how: typeof FAILED_VALID | typeof FAILED_CHILD,
): void {
  node.status = (node.status & ~FAILED_MASK) | how;
  state.tree.markDirty(node);
}

/** Forgives a block, its ancestors and its descendants. Core: ResetBlockFailureFlags. */
export function forgive(state: ChainState, node: BlockNode): void {
  for (const other of state.tree.nodes()) {
    if (!other.isFailed) continue;
    if (!isDescendant(other, node) && node.ancestor(other.height) !== other) continue;
    other.status &= ~FAILED_MASK;
    state.tree.markDirty(other);
    if (isConnectable(other) && isWorse(state.tip, other)) state.candidates.add(other);
    if (other === state.bestInvalid) state.bestInvalid = null;
  }
  state.tree.recalculateBestHeader(state.tip);
}

/** True when its data and that of all ancestors was here and no failure is known. */
export function isConnectable(node: BlockNode): boolean {
  return node.isValid(VALID_TRANSACTIONS) && node.chainTxCount > 0;
}

function isDescendant(node: BlockNode, ancestor: BlockNode): boolean {
  return node.height > ancestor.height && node.ancestor(ancestor.height) === ancestor;
}

function describe(node: BlockNode): string {
  const work = logWork(node.chainWork).toFixed(6);
  const date = formatTime(node.time);
  return `${formatHash(node.hash)}  height=${node.height}  log2_work=${work}  date=${date}`;
}
