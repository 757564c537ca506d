import type { Block } from "@compeer/protocol/bitcoin/block";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { FilePosition } from "../storage/block-files.ts";
import { forkOfLocator, locatorOf } from "./active-chain.ts";
import type { BlockNode } from "./block-node.ts";
import type { BlockTree } from "./block-tree.ts";
import type {
  BlockChecked,
  BlockConnected,
  BlockDisconnected,
  BlockTakenOff,
  PruneMode,
} from "./chain-parts.ts";
import type { ChainState } from "./chain-state.ts";
import { coinAtTip } from "./coin-at-tip.ts";
import type { CoinCache } from "./coin-cache.ts";
import { progressAt } from "./progress.ts";
import { lastPruned } from "./prune.ts";
import { readRawBlock } from "./raw-block.ts";
import { blockStoredAt, readBlock, readSpent } from "./read-block.ts";
import type { Signal } from "./signal.ts";

/**
 * What anybody may see of a chain: its tree, its tip, its blocks and coins, and the signals of what
 * becomes of them. Answers about the tip and its coins always belong together.
 */
export class ChainView {
  readonly network: Network;
  readonly tree: BlockTree;
  /** The coins, as the writer sees them: while blocks stream in they may be a block ahead. Ask `coin`. */
  readonly coins: CoinCache;

  readonly blockConnected: Signal<BlockConnected>;
  readonly blockDisconnected: Signal<BlockTakenOff>;
  /** Once at the end of each step to a better tip, a whole reorganisation being one. */
  readonly tipChanged: Signal<BlockNode>;
  /** The best header changed. */
  readonly headersChanged: Signal<BlockNode>;
  /** A block was connected or refused. */
  readonly blockChecked: Signal<BlockChecked>;
  /** A new block extends the tip and is right as far as can be told without its coins: relay it. */
  readonly blockFound: Signal<BlockDisconnected>;
  /** The stored data of a block is rotten: fetch it again. */
  readonly wanted: Signal<BlockNode>;
  /** The disk failed, or we did. Nothing is written any more; stop the peer. */
  readonly fatal: Signal<Error>;
  /** The height of -stopatheight was reached. */
  readonly stopReached: Signal<BlockNode>;

  readonly #state: ChainState;

  constructor(state: ChainState) {
    this.network = state.network;
    this.tree = state.tree;
    this.coins = state.coins;
    this.blockConnected = state.blockConnected;
    this.blockDisconnected = state.blockDisconnected;
    this.tipChanged = state.tipChanged;
    this.headersChanged = state.headersChanged;
    this.blockChecked = state.blockChecked;
    this.blockFound = state.blockFound;
    this.wanted = state.wanted;
    this.fatal = state.fatal;
    this.stopReached = state.stopReached;
    this.#state = state;
  }

  get tip(): BlockNode {
    return this.#state.tip;
  }

  get bestHeader(): BlockNode {
    return this.tree.bestHeader;
  }

  /** The failed block with the most work. */
  get bestInvalid(): BlockNode | null {
    return this.#state.bestInvalid;
  }

  /** The connected block at a height. */
  at(height: number): BlockNode | null {
    return this.#state.active.at(height);
  }

  /** True when the block is connected. */
  contains(node: BlockNode): boolean {
    return this.#state.active.contains(node);
  }

  node(hash: Uint8Array): BlockNode | null {
    return this.tree.get(hash) ?? null;
  }

  /** The connected block after a connected one. */
  next(node: BlockNode): BlockNode | null {
    return this.#state.active.next(node);
  }

  /** The last connected block on the branch of `node`. */
  findFork(node: BlockNode): BlockNode {
    return this.#state.active.findFork(node) as BlockNode;
  }

  /** Hashes that tell another peer which branch we mean. */
  locator(node: BlockNode): Uint8Array[] {
    return locatorOf(node);
  }

  /** The last connected block that the sender of a locator has. */
  forkOfLocator(hashes: readonly Uint8Array[]): BlockNode {
    return forkOfLocator(hashes, this.tree, this.#state.active) as BlockNode;
  }

  /** Ends of all branches, the tip among them (getchaintips). */
  tips(): BlockNode[] {
    return [...new Set([this.tip, ...this.tree.tips()])];
  }

  /** True until the tip was once recent and had the least work that this network must have. */
  get isInitialDownload(): boolean {
    return this.#state.isInitialDownload;
  }

  /** True while blocks are read from files (-reindex, -loadblock). */
  get isImporting(): boolean {
    return this.#state.importing || this.#state.reindexing;
  }

  get pruneMode(): PruneMode {
    return this.#state.settings.prune;
  }

  /** True when block files were ever removed. */
  get isPruned(): boolean {
    return this.#state.havePruned;
  }

  /** Lowest height from which on all blocks and their undo data are on disk. */
  get pruneHeight(): number {
    return lastPruned(this.#state) + 1;
  }

  /** Least work of a chain that is worth downloading. */
  get minimumChainWork(): bigint {
    return this.#state.settings.minimumChainWork;
  }

  /** Share of all transactions that a block and its ancestors have, 0 to 1: a guess. */
  progress(node: BlockNode): number {
    return progressAt(this.#state, node);
  }

  /** Bytes that blocks and undo data take. */
  diskUsage(): number {
    return this.#state.files.diskUsage();
  }

  /** The bytes of a stored block, checked; null when it is pruned, was never here, or is rotten. */
  readBlock(node: BlockNode): Promise<Uint8Array | null> {
    return readRawBlock(this.#state, node);
  }

  /** As `readBlock`, decoded. */
  block(node: BlockNode): Promise<Block | null> {
    return readBlock(this.#state, node);
  }

  /** The block whose data begins there in the block files; null when nobody knows it. */
  blockStoredAt(at: FilePosition): Promise<BlockNode | null> {
    return blockStoredAt(this.#state, at);
  }

  /** The coins that a block spent when it was connected; null when that is not on disk. */
  readSpent(node: BlockNode, block: Block): Promise<SpentCoins | null> {
    return readSpent(this.#state, node, block);
  }

  /** An unspent output as of the tip. */
  async coin(txid: Uint8Array, index: number): Promise<Coin | null> {
    return coinAtTip(this.#state, txid, index);
  }
}
