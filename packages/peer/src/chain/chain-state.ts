import type { Block } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { BlockFault } from "@compeer/protocol/consensus/fault";
import type { Clock } from "../clock/clock.ts";
import type { BlockFiles } from "../storage/block-files.ts";
import type { BlockIndexStore } from "../storage/block-index-store.ts";
import { ActiveChain } from "./active-chain.ts";
import type { BlockNode } from "./block-node.ts";
import { BlockTree } from "./block-tree.ts";
import { Candidates } from "./candidates.ts";
import type {
  BlockChecked,
  BlockConnected,
  BlockDisconnected,
  BlockTakenOff,
  ChainLog,
  ChainOptions,
  ChainParts,
  PruneMode,
} from "./chain-parts.ts";
import type { CoinCache } from "./coin-cache.ts";
import type { PreparedBlock } from "./prepared-block.ts";
import { RecentBlocks } from "./recent-blocks.ts";
import { ScriptCache } from "./script-cache.ts";
import { ScriptWorkers } from "./script-workers.ts";
import { Signal } from "./signal.ts";
import { UnlinkedBlocks } from "./unlinked-blocks.ts";

/** Core: DEFAULT_MAX_TIP_AGE. */
const DEFAULT_MAX_TIP_AGE = 24 * 60 * 60;

/** The chain's settings with every default filled in. */
export interface ChainSettings {
  readonly cacheBytes: number;
  readonly prune: PruneMode;
  readonly assumeValid: Uint8Array | null;
  readonly minimumChainWork: bigint;
  readonly maxTipAge: number;
  readonly stopAtHeight: number;
}

/**
 * Everything the chain knows. The steps of the chain's work, one a file, are functions over it; only
 * they change it. What takes time runs in one queue (see chain.ts), and what is short runs at once.
 */
export class ChainState {
  readonly network: Network;
  readonly settings: ChainSettings;
  readonly clock: Clock;
  readonly log: ChainLog;
  readonly files: BlockFiles;
  readonly index: BlockIndexStore;
  readonly coins: CoinCache;
  readonly scripts: ScriptWorkers;

  readonly tree: BlockTree = new BlockTree();
  readonly active: ActiveChain = new ActiveChain();
  readonly candidates: Candidates = new Candidates();
  readonly unlinked: UnlinkedBlocks = new UnlinkedBlocks();
  readonly recent: RecentBlocks = new RecentBlocks();
  readonly scriptCache: ScriptCache = new ScriptCache();
  /** Undo data of blocks whose own data was found rotten. */
  readonly savedUndo: Map<BlockNode, Uint8Array> = new Map();
  /** First heights that followers still need, by the follower's name. */
  readonly pruneLocks: Map<string, number> = new Map();

  readonly blockConnected: Signal<BlockConnected> = new Signal();
  readonly blockDisconnected: Signal<BlockTakenOff> = new Signal();
  readonly tipChanged: Signal<BlockNode> = new Signal();
  readonly headersChanged: Signal<BlockNode> = new Signal();
  readonly blockChecked: Signal<BlockChecked> = new Signal();
  readonly blockFound: Signal<BlockDisconnected> = new Signal();
  readonly wanted: Signal<BlockNode> = new Signal();
  readonly fatal: Signal<Error> = new Signal();
  readonly stopReached: Signal<BlockNode> = new Signal();

  /** Failed block with the most work. */
  bestInvalid: BlockNode | null = null;
  /** A block whose coins are applied while its scripts are still being checked. */
  pending: PreparedBlock | null = null;
  /** Sequence numbers: counting up for blocks as they come, down for precious ones. */
  nextSequenceId = 2;
  preciousSequenceId = -1;
  lastPreciousWork = 0n;
  lastHeaderSignalled: BlockNode | null = null;
  initialDownloadOver = false;
  importing = false;
  /** The index is being rebuilt from the block files: pruning and activation wait. */
  reindexing = false;
  havePruned = false;
  pruneDue = false;
  /** Coins that changed since the last flush, at most. */
  coinChanges = 0;
  /** When the next regular flush is due, in ms of the wall clock. */
  nextFlushMs = 0;
  failure: Error | null = null;
  closing = false;

  constructor(parts: ChainParts, options: ChainOptions & { cacheBytes: number }, coins: CoinCache) {
    const { network } = parts;
    this.network = network;
    this.settings = {
      cacheBytes: options.cacheBytes,
      prune: options.prune ?? "off",
      assumeValid: options.assumeValid === undefined ? network.assumeValid : options.assumeValid,
      minimumChainWork: options.minimumChainWork ?? network.minimumChainWork,
      maxTipAge: options.maxTipAge ?? DEFAULT_MAX_TIP_AGE,
      stopAtHeight: options.stopAtHeight ?? 0,
    };
    this.clock = parts.clock;
    this.log = parts.log;
    this.files = parts.blockFiles;
    this.index = parts.blockIndex;
    this.coins = coins;
    this.scripts = ScriptWorkers.start(options.scriptThreads ?? 0);
  }

  get tip(): BlockNode {
    const tip = this.active.tip;
    if (tip === null) throw new Error("no block is connected yet");
    return tip;
  }

  /** True until the tip was once recent and had enough work. Core: IsInitialBlockDownload. */
  get isInitialDownload(): boolean {
    if (this.initialDownloadOver) return false;
    const tip = this.active.tip;
    if (this.importing || tip === null) return true;
    if (tip.chainWork < this.settings.minimumChainWork) return true;
    if (tip.time < this.clock.now() - this.settings.maxTipAge) return true;
    this.log.info("Leaving InitialBlockDownload (latching to false)");
    this.initialDownloadOver = true;
    return false;
  }

  /** Stops all writing after the disk or a part of ours failed. */
  fail(error: Error): void {
    if (this.failure !== null) return;
    this.failure = error;
    this.log.error(`A fatal internal error occurred, see debug.log for details: ${error.message}`);
    this.fatal.emit(error);
  }

  /** True when no further block is to be connected. */
  get isStopping(): boolean {
    return this.closing || this.failure !== null;
  }

  /** Says that a block was connected (no fault) or refused. */
  announceCheck(node: BlockNode | null, block: Block, fault: BlockFault | null): void {
    this.blockChecked.emit({ node, hash: block.hash, fault });
  }
}
