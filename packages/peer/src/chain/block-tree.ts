import type { BlockHeader } from "@compeer/protocol/bitcoin/header";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { BlockNode } from "./block-node.ts";
import { HeaderSlabs } from "./header-slab.ts";

/** Every header that was ever taken, on all branches. Core: BlockManager::m_block_index. */
export class BlockTree {
  readonly #nodes = new Map<string, BlockNode>();
  readonly #headers = new HeaderSlabs();
  readonly #leaves = new Set<BlockNode>();
  readonly #dirty = new Set<BlockNode>();
  #bestHeader: BlockNode | null = null;

  get size(): number {
    return this.#nodes.size;
  }

  get(hash: Uint8Array): BlockNode | undefined {
    return this.#nodes.get(hashKey(hash));
  }

  byKey(key: string): BlockNode | undefined {
    return this.#nodes.get(key);
  }

  nodes(): IterableIterator<BlockNode> {
    return this.#nodes.values();
  }

  /** The header with the most work that does not descend from a failed block. */
  get bestHeader(): BlockNode {
    if (this.#bestHeader === null) throw new Error("the tree is empty");
    return this.#bestHeader;
  }

  set bestHeader(node: BlockNode) {
    this.#bestHeader = node;
  }

  /** Headers without children. */
  tips(): BlockNode[] {
    return [...this.#leaves];
  }

  /**
   * Takes a header that was checked and whose parent is in the tree, or that is the genesis block's.
   * A known header yields the node it has.
   */
  add(header: BlockHeader): BlockNode {
    const known = this.get(header.hash);
    if (known !== undefined) return known;
    const parent = this.get(header.prevHash) ?? null;
    const node = new BlockNode(header, parent, this.#headers.put(header));
    this.#nodes.set(node.key, node);
    if (parent !== null) this.#leaves.delete(parent);
    this.#leaves.add(node);
    if (this.#bestHeader === null || node.chainWork > this.#bestHeader.chainWork)
      this.#bestHeader = node;
    return node;
  }

  /** Looks for the best header again, after a failure was found or forgiven. Core: RecalculateBestHeader. */
  recalculateBestHeader(atLeast: BlockNode): void {
    let best = atLeast;
    for (const node of this.#nodes.values())
      if (!node.isFailed && node.chainWork > best.chainWork) best = node;
    this.#bestHeader = best;
  }

  /** Notes that what is known of a block must be written. */
  markDirty(node: BlockNode): void {
    this.#dirty.add(node);
  }

  get dirtyCount(): number {
    return this.#dirty.size;
  }

  /** Hands over what must be written and forgets it. */
  takeDirty(): BlockNode[] {
    const nodes = [...this.#dirty];
    this.#dirty.clear();
    return nodes;
  }
}
