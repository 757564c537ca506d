import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { isBlockMutated } from "@compeer/protocol/consensus/check-block";
import type { FilePosition } from "../storage/block-files.ts";
import { decodeUndo } from "../storage/undo-codec.ts";
import type { BlockNode } from "./block-node.ts";
import { HAVE_DATA, HAVE_UNDO } from "./block-status.ts";
import { hasNotedSum, noteSum } from "./block-sum.ts";
import type { ChainState } from "./chain-state.ts";

/**
 * The stored block, checked against its hash down to the last witness byte; null when it is not here.
 * Rotten data is forgotten and `wanted` asks for it again, so that it is never handed out.
 */
export async function readBlock(state: ChainState, node: BlockNode): Promise<Block | null> {
  if (!node.haveData) return null;
  const { file, dataOffset } = node;
  const block = await tryRead(state, node);
  if (block !== null) return block;
  // Pruned or stored anew while we read: then nothing is wrong with what is there now.
  if (!node.haveData || node.file !== file || node.dataOffset !== dataOffset) return null;
  await forgetData(state, node);
  return null;
}

/** The coins that a connected block spent; null when they are not on disk or rotten. */
export async function readSpent(
  state: ChainState,
  node: BlockNode,
  block: Block,
): Promise<SpentCoins | null> {
  if (!node.haveUndo || node.parent === null) return null;
  const at = { file: node.file, offset: node.undoOffset };
  try {
    return decodeUndo(await state.files.readUndo(at, node.parent.hash), block);
  } catch (error) {
    state.log.error(`Reading the undo data of block ${formatHash(node.hash)} failed: ${error}`);
    return null;
  }
}

/** The block whose data stands at `at`; null when nobody knows what stands there. */
export async function blockStoredAt(
  state: ChainState,
  at: FilePosition,
): Promise<BlockNode | null> {
  try {
    return state.tree.get(decodeBlock(await state.files.readBlock(at)).hash) ?? null;
  } catch (error) {
    if (!isGone(error)) throw error;
    return null;
  }
}

async function tryRead(state: ChainState, node: BlockNode): Promise<Block | null> {
  const at = { file: node.file, offset: node.dataOffset };
  try {
    const block = decodeBlock(await state.files.readBlock(at));
    if (hasNotedSum(node, block.raw)) return block; // bench/beside-bitcoind rescan: a quarter of its time
    const whole =
      equalBytes(block.hash, node.hash) && !isBlockMutated(block, hasWitness(state, node));
    if (!whole) return null;
    noteSum(node, block.raw);
    return block;
  } catch (error) {
    if (!isGone(error)) throw error;
    return null;
  }
}

function hasWitness(state: ChainState, node: BlockNode): boolean {
  return node.height >= state.network.segwitHeight;
}

/** Rotten, or the file is not there. Any other failure of the disk is for the caller. */
function isGone(error: unknown): boolean {
  return (
    error instanceof DecodeError ||
    (error instanceof Error && "code" in error && error.code === "ENOENT")
  );
}

async function forgetData(state: ChainState, node: BlockNode): Promise<void> {
  state.log.error(`The data of block ${formatHash(node.hash)} is damaged; it is fetched again`);
  await saveUndo(state, node);
  node.status &= ~HAVE_DATA;
  state.candidates.remove(node);
  state.tree.markDirty(node);
  state.wanted.emit(node);
}

/**
 * Undo data lies beside the block and moves along when that is stored anew. Until then it keeps its place
 * on disk, so that a restart in between does not lose it.
 */
export async function saveUndo(state: ChainState, node: BlockNode): Promise<void> {
  if (!node.haveUndo || node.parent === null) return;
  try {
    const at = { file: node.file, offset: node.undoOffset };
    state.savedUndo.set(node, await state.files.readUndo(at, node.parent.hash));
  } catch (error) {
    state.log.error(`The undo data of block ${formatHash(node.hash)} is lost as well: ${error}`);
    node.status &= ~HAVE_UNDO;
    state.tree.markDirty(node);
  }
}
