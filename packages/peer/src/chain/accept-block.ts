import type { Block } from "@compeer/protocol/bitcoin/block";
import { checkBlock } from "@compeer/protocol/consensus/check-block";
import { checkBlockContext } from "@compeer/protocol/consensus/check-block-context";
import { type BlockFault, formatFault } from "@compeer/protocol/consensus/fault";
import type { FilePosition } from "../storage/block-files.ts";
import { acceptHeader, signalBestHeader } from "./accept-header.ts";
import { markInvalid } from "./block-failure.ts";
import type { BlockNode } from "./block-node.ts";
import { HAVE_DATA, HAVE_UNDO, OPT_WITNESS, VALID_TRANSACTIONS } from "./block-status.ts";
import { noteSum } from "./block-sum.ts";
import { isWorse } from "./candidates.ts";
import type { BlockVerdict } from "./chain-parts.ts";
import type { ChainState } from "./chain-state.ts";

/** Blocks below the tip that are always kept, and how far ahead one may come unasked. Core: MIN_BLOCKS_TO_KEEP. */
export const MIN_BLOCKS_TO_KEEP = 288;

export interface AcceptOptions {
  /** We asked for it: it is stored even where it does not lead. */
  readonly force?: boolean;
  /** Where the block stands in the files already (-reindex). */
  readonly at?: FilePosition;
}

/**
 * Checks a block without its coins and stores it. It runs in one go, so a block that arrives while
 * another is connected changes nothing under that one's feet. Core: ProcessNewBlock, AcceptBlock.
 *
 * A block that fails by itself, before its header was looked at, is not remembered as invalid: it may
 * be a mutated copy of a good one.
 */
export function acceptBlock(
  state: ChainState,
  block: Block,
  options: AcceptOptions = {},
): BlockVerdict {
  const verdict = tryAccept(state, block, options);
  if (verdict.fault !== null) {
    state.announceCheck(verdict.node, block, verdict.fault);
    state.log.error(`ProcessNewBlock: AcceptBlock FAILED (${formatFault(verdict.fault)})`);
  }
  signalBestHeader(state);
  return verdict;
}

function tryAccept(state: ChainState, block: Block, options: AcceptOptions): BlockVerdict {
  const { network } = state;
  const own = checkBlock(block, network);
  if (own !== null) return refuse(state.tree.get(block.hash) ?? null, own);
  const { node, fault } = acceptHeader(state, block.header);
  if (node === null || fault !== null) return { node, fault, isNew: false };
  if (node.haveData || !isWelcome(state, node, options)) return { node, fault: null, isNew: false };
  const context = checkBlockContext(block, node.parent, network);
  if (context !== null) {
    markInvalid(state, node, context);
    return refuse(node, context);
  }
  if (!state.isInitialDownload && node.parent === state.active.tip)
    state.blockFound.emit({ node, block });
  store(state, node, block, options.at);
  return { node, fault: null, isNew: true };
}

function refuse(node: BlockNode | null, fault: BlockFault): BlockVerdict {
  return { node, fault, isNew: false };
}

/** Is a block worth its room? One that nobody asked for must lead, soon, and have cost something. */
function isWelcome(state: ChainState, node: BlockNode, options: AcceptOptions): boolean {
  if (options.force === true) return true;
  if (node.txCount !== 0) return false; // it was here once and was pruned
  const { tip } = state.active;
  if (tip !== null && node.chainWork < tip.chainWork) return false;
  if (node.height > state.active.height + MIN_BLOCKS_TO_KEEP) return false;
  return node.chainWork >= state.settings.minimumChainWork;
}

function store(state: ChainState, node: BlockNode, block: Block, at?: FilePosition): void {
  const { files } = state;
  const { height, time } = node;
  if (at !== undefined) files.noteBlock(at, block.raw.length, height, time);
  const position = at ?? files.appendBlock(block.raw, height, time);
  noteData(state, node, block, position);
  noteSum(node, block.raw);
  state.recent.add(node, block);
  if (typeof state.settings.prune === "number") state.pruneDue = true;
}

/**
 * Notes where a block's data is, and that its descendants whose data came earlier hang on to the chain
 * now. Core: ReceivedBlockTransactions.
 */
export function noteData(state: ChainState, node: BlockNode, block: Block, at: FilePosition): void {
  node.txCount = block.transactions.length;
  node.file = at.file;
  node.dataOffset = at.offset;
  node.undoOffset = 0;
  node.status = (node.status & ~HAVE_UNDO) | HAVE_DATA;
  restoreUndo(state, node);
  if (node.height >= state.network.segwitHeight) node.status |= OPT_WITNESS;
  node.raiseValidity(VALID_TRANSACTIONS);
  state.tree.markDirty(node);
  if (node.parent === null || node.parent.chainTxCount > 0) linkData(state, node);
  else state.unlinked.add(node);
}

/** Undo data that outlived its block (see read-block.ts) is written beside the new copy. */
function restoreUndo(state: ChainState, node: BlockNode): void {
  const undo = state.savedUndo.get(node);
  if (undo === undefined || node.parent === null) return;
  node.undoOffset = state.files.appendUndo(node.file, undo, node.parent.hash);
  node.status |= HAVE_UNDO;
  state.savedUndo.delete(node);
}

function linkData(state: ChainState, first: BlockNode): void {
  const queue = [first];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    node.chainTxCount = (node.parent?.chainTxCount ?? 0) + node.txCount;
    // A candidate's place rests on its number: out with it before the number changes.
    state.candidates.remove(node);
    node.sequenceId = state.nextSequenceId++;
    addCandidate(state, node);
    queue.push(...state.unlinked.take(node));
  }
}

/** Core: TryAddBlockIndexCandidate. */
export function addCandidate(state: ChainState, node: BlockNode): void {
  const { tip } = state.active;
  if (tip === null || !isWorse(node, tip)) state.candidates.add(node);
}
