import type { Block } from "@compeer/protocol/bitcoin/block";
import type { BlockNode } from "../chain/block-node.ts";
import { breathe } from "../chain/breathe.ts";
import type { Chain } from "../chain/chain.ts";

/** How a rescan ended. */
export interface RescanResult {
  readonly status: "done" | "aborted" | "failed";
  /** Last block that was looked at, or that a filter told not to; null when there was none. */
  readonly last: BlockNode | null;
  /** Last block that could not be read. */
  readonly failed: BlockNode | null;
}

/** Filters of all blocks (BIP157, BIP158), where they are indexed. */
export interface BlockFilters {
  /** True when every block of the chain up to a height has one. */
  covers(height: number): boolean;
  /** Heights from `first` to `last`, in order, of blocks that may pay to a script or spend from one. */
  matches(first: number, last: number, scripts: Iterable<Uint8Array>): AsyncIterable<number>;
}

/** Core's words for how blocks are looked through. */
export function scanVariant(isFiltered: boolean): string {
  return isFiltered ? "fast variant using block filters" : "slow variant inspecting all blocks";
}

interface RescanParts {
  readonly chain: Chain;
  /** Null: every block is read. */
  readonly filters: BlockFilters | null;
  /** The scripts to look for; a block that pays to one may add others. */
  readonly watched: { readonly size: number; all(): Iterable<Uint8Array> };
  /** Height that the wallet follows the chain at; it may grow meanwhile. */
  height(): number;
  look(block: Block, node: BlockNode): void;
}

/** A walk over blocks that were connected before the wallet knew all its scripts. Core: ScanForWalletTransactions. */
export class Rescan {
  readonly #parts: RescanParts;
  readonly #startedMs: number = performance.now();
  #isAborted = false;
  #progress = 0;

  constructor(parts: RescanParts) {
    this.#parts = parts;
  }

  /** Share of the transactions that were looked at, 0 to 1. */
  get progress(): number {
    return this.#progress;
  }

  /** Seconds since it began. */
  get duration(): number {
    return Math.floor((performance.now() - this.#startedMs) / 1000);
  }

  get isAborted(): boolean {
    return this.#isAborted;
  }

  /** True when it reads only blocks that a filter names. */
  get isFiltered(): boolean {
    const { filters, height } = this.#parts;
    return filters?.covers(height()) === true;
  }

  /** Ends it before the next block. */
  abort(): void {
    this.#isAborted = true;
  }

  /** @param stop last height to look at; null: the tip, wherever it is then */
  run(start: BlockNode, stop: number | null): Promise<RescanResult> {
    const { filters } = this.#parts;
    return filters !== null && this.isFiltered
      ? this.#runFiltered(filters, start, stop)
      : this.#runAll(start, stop);
  }

  /** The next block is read while one is looked at. */
  async #runAll(start: BlockNode, stop: number | null): Promise<RescanResult> {
    const { chain } = this.#parts;
    let last: BlockNode | null = null;
    let failed: BlockNode | null = null;
    let node: BlockNode | null = start;
    let reading = chain.block(start);
    while (node !== null) {
      if (this.#isAborted) return { status: "aborted", last, failed };
      const block: Block | null = await reading;
      if (!chain.contains(node)) return { status: "failed", last, failed: node };
      const end = this.#end(stop);
      const next: BlockNode | null = node.height < end ? chain.next(node) : null;
      if (next !== null) reading = chain.block(next);
      if (block === null) failed = node;
      else {
        this.#parts.look(block, node);
        last = node;
      }
      this.#note(start, node, end);
      node = next;
      await breathe();
    }
    return { status: failed === null ? "done" : "failed", last, failed };
  }

  /** When a block adds scripts, those after it are asked for anew. Core: FastWalletRescanFilter. */
  async #runFiltered(
    filters: BlockFilters,
    start: BlockNode,
    stop: number | null,
  ): Promise<RescanResult> {
    const { chain, watched } = this.#parts;
    let last: BlockNode | null = null;
    let failed: BlockNode | null = null;
    for (let from = start.height; from <= this.#end(stop); ) {
      const end = this.#end(stop);
      const known = watched.size;
      let next = end + 1;
      for await (const height of filters.matches(from, end, watched.all())) {
        if (this.#isAborted) return { status: "aborted", last, failed };
        const node = chain.at(height);
        const block = node === null ? null : await chain.block(node);
        if (node === null || !chain.contains(node))
          return { status: "failed", last, failed: node ?? start };
        if (block === null) failed = node;
        else {
          this.#parts.look(block, node);
          last = node;
        }
        this.#note(start, node, end);
        await breathe();
        if (watched.size === known) continue;
        next = height + 1;
        break;
      }
      if (this.#isAborted) return { status: "aborted", last, failed };
      from = next;
      last = chain.at(next - 1) ?? last;
    }
    return { status: failed === null ? "done" : "failed", last, failed };
  }

  #end(stop: number | null): number {
    return Math.min(stop ?? Number.POSITIVE_INFINITY, this.#parts.height());
  }

  #note(start: BlockNode, node: BlockNode, end: number): void {
    const { chain } = this.#parts;
    const goal = chain.at(end) ?? chain.tip;
    const begin = chain.progress(start);
    const whole = chain.progress(goal) - begin;
    this.#progress = whole > 0 ? Math.min((chain.progress(node) - begin) / whole, 1) : 0;
  }
}
