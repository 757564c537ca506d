import type { BlockNode } from "./block-node.ts";

/** Removing from the front of a long list is put off until it pays. */
const PRUNE_AT_LEAST = 64;

/**
 * Blocks that the chain could move to: their data and that of all ancestors was here, no failure is
 * known, and they have at least the work of the tip. Kept sorted, the best one last.
 * Core: setBlockIndexCandidates.
 */
export class Candidates {
  readonly #sorted: BlockNode[] = [];

  best(): BlockNode | null {
    return this.#sorted.at(-1) ?? null;
  }

  add(node: BlockNode): void {
    const at = this.#position(node);
    if (this.#sorted[at] !== node) this.#sorted.splice(at, 0, node);
  }

  /** A node must be taken out before its sequence number changes. */
  remove(node: BlockNode): void {
    const at = this.#position(node);
    if (this.#sorted[at] === node) this.#sorted.splice(at, 1);
  }

  clear(): void {
    this.#sorted.length = 0;
  }

  /** Forgets, sooner or later, those that are worse than `tip`. */
  prune(tip: BlockNode): void {
    const worse = this.#position(tip);
    if (worse >= PRUNE_AT_LEAST && worse * 2 >= this.#sorted.length) this.#sorted.splice(0, worse);
  }

  /** Number of members that are worse than `node`. */
  #position(node: BlockNode): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isWorse(this.#sorted[middle] as BlockNode, node)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * True when `a` is the worse tip: it has less work, or the same and came later. Two that were on disk
 * already are told apart by their hash, so that the order is total. Core: CBlockIndexWorkComparator.
 */
export function isWorse(a: BlockNode, b: BlockNode): boolean {
  if (a.chainWork !== b.chainWork) return a.chainWork < b.chainWork;
  if (a.sequenceId !== b.sequenceId) return a.sequenceId > b.sequenceId;
  return a.key > b.key;
}
