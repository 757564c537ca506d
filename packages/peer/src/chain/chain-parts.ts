import type { Block } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { BlockFault } from "@compeer/protocol/consensus/fault";
import type { Clock } from "../clock/clock.ts";
import type { BlockFiles } from "../storage/block-files.ts";
import type { BlockIndexStore } from "../storage/block-index-store.ts";
import type { CoinStore } from "../storage/coin-store.ts";
import type { BlockNode } from "./block-node.ts";

/** Where the chain writes its log lines. */
export interface ChainLog {
  info(text: string): void;
  debug(category: string, text: string): void;
  warning(text: string): void;
  error(text: string): void;
}

/** What a chain stands on. The chain closes the stores and files that it is given. */
export interface ChainParts {
  readonly network: Network;
  readonly blockIndex: BlockIndexStore;
  readonly blockFiles: BlockFiles;
  readonly coinStore: CoinStore;
  readonly clock: Clock;
  readonly log: ChainLog;
}

/** "off", "manual" (-prune=1), or the bytes that block and undo files may take. */
export type PruneMode = "off" | "manual" | number;

export interface ChainOptions {
  /** Memory for coins, in bytes: most of -dbcache. */
  readonly cacheBytes?: number;
  /** -par: threads that check scripts; 0 as many as there are cores, negative leaves that many cores free, 1 none. */
  readonly scriptThreads?: number;
  readonly prune?: PruneMode;
  /** -assumevalid: null for none; left out, the network's. */
  readonly assumeValid?: Uint8Array | null;
  /** -minimumchainwork; left out, the network's. */
  readonly minimumChainWork?: bigint;
  /** -maxtipage, seconds. */
  readonly maxTipAge?: number;
  /** -stopatheight: `stopReached` fires there; 0 for none. */
  readonly stopAtHeight?: number;
  /** -reindex: the stores are empty and the index is to be built from the block files. */
  readonly reindex?: boolean;
}

/** What became of a block that was handed in. */
export interface BlockVerdict {
  readonly fault: BlockFault | null;
  /** True when its data was stored just now. */
  readonly isNew: boolean;
  readonly node: BlockNode | null;
}

export interface HeadersVerdict {
  /** The last header that was taken or known. */
  readonly last: BlockNode | null;
  readonly fault: BlockFault | null;
}

export interface BlockConnected {
  readonly node: BlockNode;
  readonly block: Block;
  readonly spent: SpentCoins;
}

export interface BlockDisconnected {
  readonly node: BlockNode;
  readonly block: Block;
}

export interface BlockTakenOff extends BlockDisconnected {
  /** Whether its transactions are to be looked at again; not those of blocks far below the tip. */
  readonly revives: boolean;
}

export interface BlockChecked {
  readonly node: BlockNode | null;
  readonly hash: Uint8Array;
  /** Null when the block was connected. */
  readonly fault: BlockFault | null;
}
