import type { BlockNode } from "./block-node.ts";
import type { BlockTree } from "./block-tree.ts";

/** Steps of a locator before they double. */
const DENSE_LOCATOR = 10;

/** The branch that is connected: one block a height. Core: CChain. */
export class ActiveChain {
  readonly #nodes: BlockNode[] = [];

  get tip(): BlockNode | null {
    return this.#nodes.at(-1) ?? null;
  }

  /** Height of the tip; -1 as long as not even the genesis block is connected. */
  get height(): number {
    return this.#nodes.length - 1;
  }

  at(height: number): BlockNode | null {
    return this.#nodes[height] ?? null;
  }

  contains(node: BlockNode): boolean {
    return this.#nodes[node.height] === node;
  }

  next(node: BlockNode): BlockNode | null {
    return this.contains(node) ? this.at(node.height + 1) : null;
  }

  push(node: BlockNode): void {
    if (node.parent !== this.tip) throw new Error("a block must follow the tip");
    this.#nodes.push(node);
  }

  pop(): void {
    this.#nodes.pop();
  }

  /** Puts a whole branch in place. */
  reset(tip: BlockNode): void {
    this.#nodes.length = tip.height + 1;
    for (let node: BlockNode | null = tip; node !== null; node = node.parent)
      this.#nodes[node.height] = node;
  }

  /** The last block of this chain that is `node` or an ancestor of it; null before the genesis block. */
  findFork(node: BlockNode): BlockNode | null {
    let at = node.ancestor(Math.min(node.height, this.height));
    while (at !== null && !this.contains(at)) at = at.parent;
    return at;
  }
}

/** Hashes from `node` back to the genesis block, ten in a row, then ever farther apart. Core: LocatorEntries. */
export function locatorOf(node: BlockNode): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  let step = 1;
  let at: BlockNode | null = node;
  while (at !== null) {
    hashes.push(at.hash);
    if (at.height === 0) break;
    at = at.ancestor(Math.max(at.height - step, 0));
    if (hashes.length > DENSE_LOCATOR) step *= 2;
  }
  return hashes;
}

/** The last block of the active chain that the sender of a locator has as well. Core: FindForkInGlobalIndex. */
export function forkOfLocator(
  hashes: readonly Uint8Array[],
  tree: BlockTree,
  active: ActiveChain,
): BlockNode | null {
  for (const hash of hashes) {
    const node = tree.get(hash);
    if (node === undefined) continue;
    if (active.contains(node)) return node;
    if (active.tip !== null && node.ancestor(active.height) === active.tip) return active.tip;
  }
  return active.at(0);
}
