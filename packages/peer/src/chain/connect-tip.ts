import { formatHash } from "@compeer/protocol/bytes/hash";
import { type BlockFault, formatFault } from "@compeer/protocol/consensus/fault";
import { encodeUndo } from "../storage/undo-codec.ts";
import { markInvalid } from "./block-failure.ts";
import type { BlockNode } from "./block-node.ts";
import { HAVE_UNDO, VALID_SCRIPTS } from "./block-status.ts";
import { breatheIfLarge } from "./breathe.ts";
import type { ChainState } from "./chain-state.ts";
import { flushIfNeeded } from "./flush.ts";
import type { PreparedBlock } from "./prepared-block.ts";
import { logTip } from "./progress.ts";

/** Applies the coins of a prepared block: it is pending until `commitPending` or `revertPending`. */
export function applyBlock(state: ChainState, prepared: PreparedBlock): void {
  const { node, block, spent } = prepared;
  state.coins.apply(block, node.height, spent);
  state.coinChanges += block.table.inputCount + block.table.outputCount;
  state.pending = prepared;
}

/** Takes back what `applyBlock` did. */
export function revertPending(state: ChainState): void {
  const { node, block, spent } = state.pending as PreparedBlock;
  state.coins.revert(block, node.height, spent);
  state.pending = null;
}

/**
 * Makes the pending block, whose scripts are right, the new tip. Undo data is written first: if that
 * fails, the coins go back to where they were.
 */
export async function commitPending(state: ChainState): Promise<void> {
  const prepared = state.pending as PreparedBlock;
  const { node, block, spent } = prepared;
  await breatheIfLarge(block);
  try {
    writeUndo(state, prepared);
  } catch (error) {
    revertPending(state);
    throw error;
  }
  node.raiseValidity(VALID_SCRIPTS);
  state.tree.markDirty(node);
  state.pending = null;
  state.active.push(node);
  state.candidates.prune(node);
  logTip(state, node);
  state.announceCheck(node, block, null);
  state.blockConnected.emit({ node, block, spent });
  await flushIfNeeded(state);
}

/** Remembers that a block breaks a rule and says so. */
export function refuseBlock(state: ChainState, prepared: PreparedBlock, fault: BlockFault): void {
  const { node, block } = prepared;
  state.log.info(`Block validation error: ${formatFault(fault)}`);
  markInvalid(state, node, fault);
  state.log.error(
    `ConnectTip: ConnectBlock ${formatHash(node.hash)} failed, ${formatFault(fault)}`,
  );
  state.announceCheck(node, block, fault);
}

function writeUndo(state: ChainState, { node, block, spent }: PreparedBlock): void {
  if (node.haveUndo) return;
  const parent = node.parent as BlockNode;
  node.undoOffset = state.files.appendUndo(node.file, encodeUndo(block, spent), parent.hash);
  node.status |= HAVE_UNDO;
}
