import type { Block } from "@compeer/protocol/bitcoin/block";
import { formatHash } from "@compeer/protocol/bytes/hash";
import type { BlockNode } from "./block-node.ts";
import type { ChainState } from "./chain-state.ts";
import { readBlock, readSpent } from "./read-block.ts";

const LOG_EVERY = 10_000;

/**
 * Finishes a flush of the coins that a crash tore: some changes between two blocks are on disk, some
 * are not. All of them are made again, which is right whether or not they were made before.
 * Core: ReplayBlocks.
 *
 * @throws Error when a block or its undo data that is needed is gone
 */
export async function replayBlocks(state: ChainState): Promise<void> {
  const heads = state.coins.headBlocks;
  if (heads === null) return;
  state.log.info("Replaying blocks");
  const to = known(state, heads.to);
  const from = heads.from.every((byte) => byte === 0) ? null : known(state, heads.from);
  const fork = from === null ? null : lastCommonAncestor(from, to);
  if (from !== null) await rollBack(state, from, fork);
  await rollForward(state, fork, to);
  await state.coins.flush(true);
}

async function rollBack(state: ChainState, from: BlockNode, fork: BlockNode | null): Promise<void> {
  for (let node: BlockNode | null = from; node !== null && node !== fork; node = node.parent) {
    if (node.height === 0) return;
    if (node === from || node.height % LOG_EVERY === 0) logStep(state, "back", node);
    const block = await needBlock(state, node);
    const spent = await readSpent(state, node, block);
    if (spent === null) throw new Error(`The undo data of block ${formatHash(node.hash)} is gone`);
    // "unclean" only means that the block was not wholly applied.
    state.coins.revert(block, node.height, spent);
  }
}

async function rollForward(
  state: ChainState,
  fork: BlockNode | null,
  to: BlockNode,
): Promise<void> {
  const start = fork === null ? 0 : fork.height + 1;
  for (let height = start; height <= to.height; height++) {
    const node = to.ancestor(height) as BlockNode;
    if (height === start || height % LOG_EVERY === 0) logStep(state, "forward", node);
    state.coins.replay(await needBlock(state, node), height);
  }
}

function logStep(state: ChainState, way: "back" | "forward", node: BlockNode): void {
  state.log.info(`Rolling ${way} ${formatHash(node.hash)} (${node.height})`);
}

async function needBlock(state: ChainState, node: BlockNode): Promise<Block> {
  const block = await readBlock(state, node);
  if (block === null) throw new Error(`The data of block ${formatHash(node.hash)} is gone`);
  return block;
}

function known(state: ChainState, hash: Uint8Array): BlockNode {
  const node = state.tree.get(hash);
  if (node === undefined) throw new Error(`The index misses block ${formatHash(hash)}`);
  return node;
}

/** The block where two branches part. Core: LastCommonAncestor. */
function lastCommonAncestor(a: BlockNode, b: BlockNode): BlockNode {
  const height = Math.min(a.height, b.height);
  let left = a.ancestor(height) as BlockNode;
  let right = b.ancestor(height) as BlockNode;
  while (left !== right) {
    left = left.parent as BlockNode;
    right = right.parent as BlockNode;
  }
  return left;
}
