import type { BlockNode } from "./block-node.ts";

/**
 * True when a block is on the chain or all that led to it from there is still on disk, with what it spent.
 * After a crash that need not be so: the chain has gone back to its last flush and knows of later blocks at
 * most the headers, while who followed it may have written that it stood there.
 */
export function canTakeBack(
  chain: { contains(node: BlockNode): boolean },
  block: BlockNode,
): boolean {
  for (let node: BlockNode | null = block; node !== null; node = node.parent) {
    if (chain.contains(node)) return true;
    if (!node.haveData || !node.haveUndo) return false;
  }
  return false;
}
