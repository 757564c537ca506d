import type { BlockNode } from "./block-node.ts";

/** Blocks whose data is here while that of an ancestor is not, by parent. Core: m_blocks_unlinked. */
export class UnlinkedBlocks {
  readonly #byParent = new Map<BlockNode, Set<BlockNode>>();

  add(node: BlockNode): void {
    const parent = node.parent as BlockNode;
    const siblings = this.#byParent.get(parent);
    if (siblings === undefined) this.#byParent.set(parent, new Set([node]));
    else siblings.add(node);
  }

  /** Forgets a block whose data is gone. */
  remove(node: BlockNode): void {
    if (node.parent === null) return;
    const siblings = this.#byParent.get(node.parent);
    if (siblings === undefined) return;
    siblings.delete(node);
    if (siblings.size === 0) this.#byParent.delete(node.parent);
  }

  /** Hands over the blocks that waited for `parent`. */
  take(parent: BlockNode): readonly BlockNode[] {
    const siblings = this.#byParent.get(parent);
    if (siblings === undefined) return [];
    this.#byParent.delete(parent);
    return [...siblings];
  }
}
