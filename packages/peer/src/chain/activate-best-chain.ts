import type { Block } from "@compeer/protocol/bitcoin/block";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { checkBlock } from "@compeer/protocol/consensus/check-block";
import type { BlockFault } from "@compeer/protocol/consensus/fault";
import type { BlockNode } from "./block-node.ts";
import { breathe, breatheIfLarge } from "./breathe.ts";
import { isWorse } from "./candidates.ts";
import type { ChainState } from "./chain-state.ts";
import { applyBlock, commitPending, refuseBlock, revertPending } from "./connect-tip.ts";
import { disconnectTip } from "./disconnect-tip.ts";
import { findMostWork } from "./most-work.ts";
import { prepareBlock } from "./prepare-block.ts";
import type { PreparedBlock } from "./prepared-block.ts";
import { readBlock } from "./read-block.ts";

/** Blocks with fewer inputs are not worth working ahead of. */
const AHEAD_INPUTS = 64;

/**
 * Moves the chain to the best candidate, block by block, until it stands there. Core: ActivateBestChain.
 *
 * During the initial download one block is worked on ahead: while threads still check the scripts of a
 * block, its coins are applied (`state.pending`) and the next block is read and checked against them.
 * The tip, undo data, signals and all answers stay behind until the scripts are through; if they fail,
 * the pending block's coins are taken back and nothing else was touched.
 *
 * @param pause true when other work waits: the chain stops at the next block
 */
export async function activateBestChain(
  state: ChainState,
  pause: () => boolean = () => false,
): Promise<void> {
  const start = new TipSignal(state);
  let target: BlockNode | null = null;
  while (!state.isStopping) {
    await breathe();
    if (pause()) target = null;
    // The way to a target is walked once, not for each block on it: it may be as long as the chain.
    else if (target === null || target !== state.candidates.best()) target = findMostWork(state);
    const next = target === null ? null : nextToward(state, target);
    let isOpen = true;
    if (next !== null) isOpen = await connectNext(state, next, target as BlockNode);
    else if (state.pending !== null) isOpen = await settlePending(state);
    else if (target === null || target === state.active.tip) break;
    else if (!(await disconnectTip(state))) break;
    if (!isOpen) target = null;
    start.emitIfBetter();
  }
  if (state.pending !== null) await settlePending(state);
  start.emitIfMoved();
}

/** The block to connect on the way to `target`; null when it is reached or the way leads down first. */
function nextToward(state: ChainState, target: BlockNode): BlockNode | null {
  const head = state.pending?.node ?? state.tip;
  if (target === head || target.ancestor(head.height) !== head) return null;
  return target.ancestor(head.height + 1);
}

/** False when the block cannot be connected, and another target must be found. */
async function connectNext(
  state: ChainState,
  node: BlockNode,
  target: BlockNode,
): Promise<boolean> {
  const block = await loadBlock(state, node);
  // When its data is gone it is no candidate any more, and the search goes on without it.
  if (block === null) return false;
  const prepared = await prepareBlock(state, node, block);
  await breatheIfLarge(block);
  if (state.pending !== null && !(await settlePending(state))) return false;
  const ahead = prepared.fault === null && mayWorkAhead(state, block);
  const fault = ahead ? null : (prepared.fault ?? (await prepared.scripts));
  if (fault !== null) {
    refuseBlock(state, prepared, fault);
    noteBranch(state, target);
    return false;
  }
  applyBlock(state, prepared);
  if (!ahead) await commitPending(state);
  return true;
}

/** The block as it was handed in, or from the disk; then it is checked again, in case an older version of ours let it in. */
async function loadBlock(state: ChainState, node: BlockNode): Promise<Block | null> {
  const recent = state.recent.take(node);
  if (recent !== null) return recent;
  const block = await readBlock(state, node);
  const fault = block === null ? null : checkBlock(block, state.network);
  if (fault !== null)
    throw new Error(`Stored block ${formatHash(node.hash)} is bad: ${fault.reason}`);
  return block;
}

function mayWorkAhead(state: ChainState, block: Block): boolean {
  return state.isInitialDownload && block.table.inputCount >= AHEAD_INPUTS;
}

/** Waits for the scripts of the pending block and makes it the tip, or takes it back. */
async function settlePending(state: ChainState): Promise<boolean> {
  const pending = state.pending as PreparedBlock;
  let fault: BlockFault | null;
  try {
    fault = await pending.scripts;
  } catch (error) {
    revertPending(state);
    throw error;
  }
  if (fault === null) {
    await commitPending(state);
    return true;
  }
  revertPending(state);
  refuseBlock(state, pending, fault);
  return false;
}

/** The end of a branch that was found to be invalid is what the best invalid chain is measured by. */
function noteBranch(state: ChainState, target: BlockNode): void {
  if (target.isFailed && target.chainWork > (state.bestInvalid?.chainWork ?? 0n))
    state.bestInvalid = target;
}

/** Fires `tipChanged` once for each step that leads to a better tip, a whole reorganisation being one. */
class TipSignal {
  readonly #state: ChainState;
  #last: BlockNode;

  constructor(state: ChainState) {
    this.#state = state;
    this.#last = state.tip;
  }

  emitIfBetter(): void {
    const { tip } = this.#state;
    if (isWorse(this.#last, tip)) this.#emit(tip);
  }

  emitIfMoved(): void {
    const { tip } = this.#state;
    if (tip !== this.#last) this.#emit(tip);
  }

  #emit(tip: BlockNode): void {
    this.#last = tip;
    this.#state.tipChanged.emit(tip);
    if (tip.height === this.#state.settings.stopAtHeight && tip.height > 0)
      this.#state.stopReached.emit(tip);
  }
}
