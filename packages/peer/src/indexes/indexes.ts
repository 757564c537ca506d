import type { Chain } from "../chain/chain.ts";
import { type Follower, type Following, follow } from "../chain/follow.ts";
import type { BlockFilterIndex } from "./block-filter-index.ts";
import type { CoinStatisticsIndex } from "./coin-statistics-index.ts";
import type { TransactionIndex } from "./transaction-index.ts";

/** What an index does beside following the chain. */
interface Index extends Follower {
  close(): Promise<void>;
}

interface OpenIndexes {
  readonly blockFilters: BlockFilterIndex | null;
  readonly coinStatistics: CoinStatisticsIndex | null;
  readonly transactions: TransactionIndex | null;
}

interface IndexesParts {
  readonly chain: Chain;
  readonly log: { info(text: string): void };
  /** The chain is built anew, and they are behind no block of it: they follow when `start` is called. */
  readonly waits: boolean;
  /** An index cannot go on; the peer should stop. */
  failed(error: Error): void;
}

/** How far an index has come. */
export interface IndexSummary {
  readonly name: string;
  /** It has stood at the tip since the peer was started. */
  readonly synced: boolean;
  /** 0 before the first block. */
  readonly bestBlockHeight: number;
}

/** The indexes that were asked for, each following the chain by itself. */
export class Indexes {
  readonly blockFilters: BlockFilterIndex | null;
  readonly coinStatistics: CoinStatisticsIndex | null;
  readonly transactions: TransactionIndex | null;
  readonly #parts: IndexesParts;
  readonly #work = new Map<Index, Following>();
  readonly #synced = new Set<Index>();
  #isClosed = false;

  constructor(indexes: OpenIndexes, parts: IndexesParts) {
    this.blockFilters = indexes.blockFilters;
    this.coinStatistics = indexes.coinStatistics;
    this.transactions = indexes.transactions;
    this.#parts = parts;
    if (!parts.waits) this.start();
  }

  /** Lets them follow the chain. */
  start(): void {
    if (this.#isClosed) return;
    for (const index of this.#all) if (!this.#work.has(index)) this.#follow(index);
  }

  get #all(): readonly Index[] {
    const all: readonly (Index | null)[] = [
      this.transactions,
      this.coinStatistics,
      this.blockFilters,
    ];
    return all.filter((index) => index !== null);
  }

  #follow(index: Index): void {
    const { chain, log, failed } = this.#parts;
    const following = follow(chain, index, failed);
    this.#work.set(index, following);
    following.synced().then(
      () => {
        this.#synced.add(index);
        log.info(`${index.name} is enabled at height ${following.height}`);
      },
      () => undefined, // `failed` was told, or it was closed
    );
  }

  summaries(): IndexSummary[] {
    return this.#all.map((index) => ({
      name: index.name,
      synced: this.#synced.has(index),
      bestBlockHeight: Math.max(0, this.#work.get(index)?.height ?? 0),
    }));
  }

  /**
   * True when the index is at the tip. One that was there before is waited for; the first sync is not.
   * Core: BlockUntilSyncedToCurrentChain.
   */
  async isReady(index: Index): Promise<boolean> {
    if (!this.#synced.has(index)) return false;
    await this.#work.get(index)?.synced();
    return true;
  }

  /** Waits until those that were at the tip once are there again. */
  async settled(): Promise<void> {
    for (const index of this.#synced) await this.#work.get(index)?.synced();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const index of this.#all) {
      await this.#work.get(index)?.close();
      await index.close();
    }
  }
}
