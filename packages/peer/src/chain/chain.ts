import type { Block } from "@compeer/protocol/bitcoin/block";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import type { BlockHeader } from "@compeer/protocol/bitcoin/header";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { BlockFault } from "@compeer/protocol/consensus/fault";
import type { BlockNode } from "./block-node.ts";
import type { BlockTree } from "./block-tree.ts";
import type {
  BlockChecked,
  BlockConnected,
  BlockDisconnected,
  BlockVerdict,
  ChainOptions,
  ChainParts,
  HeadersVerdict,
} from "./chain-parts.ts";
import type { CoinCache } from "./coin-cache.ts";
import type { Signal } from "./signal.ts";

/** SKELETON (signatures are final; bodies follow). */
export declare class Chain {
  static open(parts: ChainParts, options?: ChainOptions): Promise<Chain>;

  readonly network: Network;
  readonly tree: BlockTree;
  readonly coins: CoinCache;

  readonly blockConnected: Signal<BlockConnected>;
  readonly blockDisconnected: Signal<BlockDisconnected>;
  /** Once at the end of each activation step. */
  readonly tipChanged: Signal<BlockNode>;
  /** The best header changed. */
  readonly headersChanged: Signal<BlockNode>;
  /** A block was connected or refused. */
  readonly blockChecked: Signal<BlockChecked>;
  /** A valid header came with a block that passed all checks without coins and extends the tip: relay it now. */
  readonly blockFound: Signal<BlockDisconnected>;
  /** The data of this block turned out to be rotten or lost: fetch it again. */
  readonly wanted: Signal<BlockNode>;
  /** The disk failed; nothing more is written. Stop the peer. */
  readonly fatal: Signal<Error>;
  readonly stopReached: Signal<BlockNode>;

  get tip(): BlockNode;
  get bestHeader(): BlockNode;
  get bestInvalid(): BlockNode | null;
  at(height: number): BlockNode | null;
  contains(node: BlockNode): boolean;
  node(hash: Uint8Array): BlockNode | null;
  next(node: BlockNode): BlockNode | null;
  findFork(node: BlockNode): BlockNode;
  locator(node: BlockNode): Uint8Array[];
  forkOfLocator(hashes: readonly Uint8Array[]): BlockNode;
  /** Leaves of the tree and the tip, for getchaintips. */
  tips(): BlockNode[];

  get isInitialDownload(): boolean;
  /** True while blocks are read from files (-reindex, -loadblock). */
  get isImporting(): boolean;
  /** True when block files were ever removed. */
  get isPruned(): boolean;
  /** Lowest height from which all blocks up to the tip are on disk. */
  get pruneHeight(): number;
  get minimumChainWork(): bigint;
  /** Share of all transactions that are checked, 0 to 1. Core: GuessVerificationProgress. */
  progress(node: BlockNode): number;
  diskUsage(): number;

  acceptHeaders(headers: readonly BlockHeader[]): HeadersVerdict;
  submitBlock(block: Block, options?: { force?: boolean }): Promise<BlockVerdict>;
  testBlock(
    block: Block,
    options?: { checkPow?: boolean; checkMerkleRoot?: boolean },
  ): Promise<BlockFault | null>;

  readBlock(node: BlockNode): Promise<Uint8Array | null>;
  readSpent(node: BlockNode, block: Block): Promise<SpentCoins | null>;
  coin(txid: Uint8Array, index: number): Promise<Coin | null>;

  invalidate(node: BlockNode): Promise<void>;
  reconsider(node: BlockNode): Promise<void>;
  precious(node: BlockNode): Promise<void>;

  /** -prune=1 and pruneblockchain; resolves to the new prune height. */
  pruneTo(height: number): Promise<number>;
  /** Keep blocks from `height` on for a follower that still needs them; null takes the lock off. */
  lockPruning(name: string, height: number | null): void;
  /** verifychain; false when something is wrong. */
  verify(level: number, blocks: number, signal?: AbortSignal): Promise<boolean>;
  flush(): Promise<void>;
  /** Runs a job between two changes of the chain: nothing is connected or disconnected meanwhile. */
  exclusive<T>(job: () => Promise<T> | T): Promise<T>;
  /** Flushes, then runs `start` while the store holds exactly the coins at the tip; iterators opened in it keep that state. */
  withFlushedCoins<T>(start: (tip: BlockNode) => Promise<T> | T): Promise<T>;
  /** Finishes a -reindex, then reads the given files (-loadblock). Run it in the background after open. */
  importBlocks(paths?: readonly string[], signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
