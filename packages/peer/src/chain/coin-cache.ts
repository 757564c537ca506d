import type { Block } from "@compeer/protocol/bitcoin/block";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { CoinEntry, CoinStore, HeadBlocks } from "../storage/coin-store.ts";

/** SKELETON: signatures are final, bodies follow. */
export declare class CoinCache {
  static open(store: CoinStore, options: { cacheBytes: number }): Promise<CoinCache>;
  /** The block that the coins stand at, unflushed changes included; null before the first block and after a torn flush. */
  readonly bestBlock: Uint8Array | null;
  /** Set when the last flush was torn: some changes between the two blocks are written. Replay, then flush. */
  readonly headBlocks: HeadBlocks | null;
  load(block: Block, height: number): SpentCoins | Promise<SpentCoins>;
  duplicateIn(block: Block): number | Promise<number>;
  /** Height 0 only moves bestBlock: the genesis output cannot be spent. */
  apply(block: Block, height: number, coins: SpentCoins): void;
  /** `apply` over coins that may have its outcome already, in part (Core: RollforwardBlock). */
  replay(block: Block, height: number): void;
  revert(block: Block, height: number, undo: SpentCoins): "ok" | "unclean";
  get(txid: Uint8Array, index: number): Coin | null | Promise<Coin | null>;
  /** Coins and marks in memory. */
  readonly count: number;
  readonly bytes: number;
  readonly cacheState: "ok" | "large" | "critical";
  flush(sync: boolean): Promise<void>;
  entries(): AsyncIterable<CoinEntry>;
  close(): Promise<void>;
}
