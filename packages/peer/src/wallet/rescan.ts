import type { Block } from "@compeer/protocol/bitcoin/block";
import type { BlockNode } from "../chain/block-node.ts";
import { breathe } from "../chain/breathe.ts";
import type { Chain } from "../chain/chain.ts";

/** How a rescan ended. */
export interface RescanResult {
  readonly status: "done" | "aborted" | "failed";
  /** Last block that was looked at; null when there was none. */
  readonly last: BlockNode | null;
  /** Last block that could not be read. */
  readonly failed: BlockNode | null;
}

interface RescanParts {
  readonly chain: Chain;
  /** Height that the wallet follows the chain at; it may grow meanwhile. */
  height(): number;
  look(block: Block, node: BlockNode): void;
}

/**
 * A walk over blocks that were connected before the wallet knew all its scripts. The next block is read
 * while one is looked at. Core: ScanForWalletTransactions.
 */
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

  /** Ends it before the next block. */
  abort(): void {
    this.#isAborted = true;
  }

  /** @param stop last height to look at; null: the tip, wherever it is then */
  async run(start: BlockNode, stop: number | null): Promise<RescanResult> {
    const { chain } = this.#parts;
    let last: BlockNode | null = null;
    let failed: BlockNode | null = null;
    let node: BlockNode | null = start;
    let reading = chain.block(start);
    while (node !== null) {
      if (this.#isAborted) return { status: "aborted", last, failed };
      const block: Block | null = await reading;
      if (!chain.contains(node)) return { status: "failed", last, failed: node };
      const end = Math.min(stop ?? Number.POSITIVE_INFINITY, this.#parts.height());
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

  #note(start: BlockNode, node: BlockNode, end: number): void {
    const { chain } = this.#parts;
    const goal = chain.at(end) ?? chain.tip;
    const begin = chain.progress(start);
    const whole = chain.progress(goal) - begin;
    this.#progress = whole > 0 ? Math.min((chain.progress(node) - begin) / whole, 1) : 0;
  }
}
