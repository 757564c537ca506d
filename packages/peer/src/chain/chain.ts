import type { Block } from "@compeer/protocol/bitcoin/block";
import type { BlockHeader } from "@compeer/protocol/bitcoin/header";
import type { BlockFault } from "@compeer/protocol/consensus/fault";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import type { CoinEntry } from "../storage/coin-store.ts";
import { acceptBlock } from "./accept-block.ts";
import { acceptHeaders } from "./accept-header.ts";
import { Activator } from "./activator.ts";
import type { BlockNode } from "./block-node.ts";
import { breatheIfLarge } from "./breathe.ts";
import type { BlockVerdict, ChainOptions, ChainParts, HeadersVerdict } from "./chain-parts.ts";
import { ChainState } from "./chain-state.ts";
import { ChainView } from "./chain-view.ts";
import { CoinCache } from "./coin-cache.ts";
import { snapshotCoins } from "./coin-snapshot.ts";
import { flush } from "./flush.ts";
import { addGenesis, connectGenesis, storeGenesis } from "./genesis.ts";
import { loadFile, reindexFiles, startReindex } from "./import-blocks.ts";
import { invalidate, makePrecious, reconsider } from "./invalidate.ts";
import { JobQueue } from "./job-queue.ts";
import { loadCandidates, loadIndex } from "./load-index.ts";
import { loadTip } from "./load-tip.ts";
import { filesUpTo } from "./prune.ts";
import { replayBlocks } from "./replay.ts";
import { type TestOptions, testBlock } from "./test-block.ts";
import { type VerifyOutcome, verifyChain } from "./verify.ts";

/**
 * The chain of one network: its tree of headers, its blocks, its coins, and the one writer of them.
 *
 * What takes time runs in one queue, job after job. Headers are taken and blocks are stored at once;
 * connecting them is a job. Everybody else reads, listens to the signals, or asks for a job of their own
 * with `exclusive`.
 */
export class Chain extends ChainView {
  readonly #state: ChainState;
  readonly #queue: JobQueue = new JobQueue();
  readonly #activator: Activator;

  private constructor(state: ChainState) {
    super(state);
    this.#state = state;
    this.#activator = new Activator(state, this.#queue);
  }

  /**
   * Loads what is stored and repairs what a crash left behind. Blocks that are stored but not connected
   * yet are connected in the background.
   *
   * @throws Error when the stores are damaged or belong to another network
   */
  static async open(parts: ChainParts, options: ChainOptions = {}): Promise<Chain> {
    const cacheBytes = options.cacheBytes ?? DEFAULT_CACHE_BYTES;
    const coins = await CoinCache.open(parts.coinStore, { cacheBytes });
    const state = new ChainState(parts, { ...options, cacheBytes }, coins);
    if (options.reindex === true) await startReindex(state);
    state.reindexing = await state.index.isReindexing();
    await loadIndex(state);
    addGenesis(state);
    if (!state.reindexing) storeGenesis(state);
    await replayBlocks(state);
    loadTip(state);
    if (state.active.tip === null) connectGenesis(state);
    loadCandidates(state);
    const chain = new Chain(state);
    if (!state.reindexing) void chain.#activator.activate();
    return chain;
  }

  /** Takes headers, each the child of a known one, until one is refused. */
  acceptHeaders(headers: readonly BlockHeader[]): HeadersVerdict {
    return acceptHeaders(this.#state, headers);
  }

  /**
   * Checks and stores a block, and connects it where it leads.
   *
   * @param options force: we asked for it, so it is stored even where it does not lead
   * @returns when the block is connected, refused, or stored beside the best chain
   * @throws Error when the chain failed or is closed
   */
  async submitBlock(block: Block, options: { force?: boolean } = {}): Promise<BlockVerdict> {
    await breatheIfLarge(block);
    this.#assertRunning();
    let verdict: BlockVerdict;
    try {
      verdict = acceptBlock(this.#state, block, options);
    } catch (error) {
      throw this.#failed(error);
    }
    const { node, isNew } = verdict;
    if (verdict.fault !== null || node === null || !isNew) return verdict;
    return { node, isNew, fault: await this.#activator.outcome(node) };
  }

  /** Resolves when every block that can be connected or refused has been, or the chain stops. */
  settle(): Promise<void> {
    return this.#activator.rest();
  }

  /** The scripts of a transaction are right under the rules of the tip: they need not run again in a block. */
  noteScriptsPassed(wtxid: Uint8Array): void {
    const { network, scriptCache, tip } = this.#state;
    scriptCache.add(wtxid, blockScriptFlags(tip.hash, tip.height, network));
  }

  /** Would the block connect on the tip? Nothing is stored. Core: TestBlockValidity. */
  testBlock(block: Block, options: TestOptions = {}): Promise<BlockFault | null> {
    return this.exclusive(() => testBlock(this.#state, block, options));
  }

  /** Treats a block and its descendants as invalid from now on. @throws Error for the genesis block */
  async invalidate(node: BlockNode): Promise<void> {
    await this.#change(() => invalidate(this.#state, node));
  }

  /** Takes back every failure of a block, its ancestors and its descendants. */
  async reconsider(node: BlockNode): Promise<void> {
    await this.#change(() => reconsider(this.#state, node));
  }

  /** Treats a block as if it had come before all others of its work. */
  async precious(node: BlockNode): Promise<void> {
    await this.#change(() => makePrecious(this.#state, node));
  }

  /** Removes block files that hold nothing above `height`; returns the new `pruneHeight`. */
  async pruneTo(height: number): Promise<number> {
    await this.#write(() => flush(this.#state, filesUpTo(this.#state, height)));
    return this.pruneHeight;
  }

  /** Keeps blocks from `height` on for a follower that still needs them; null takes the lock off. */
  lockPruning(name: string, height: number | null): void {
    if (height === null) this.#state.pruneLocks.delete(name);
    else this.#state.pruneLocks.set(name, height);
  }

  /** verifychain: true when the last blocks are all here and right. */
  async verify(level: number, blocks: number, signal?: AbortSignal): Promise<boolean> {
    return (await this.verifyStore(level, blocks, signal)) === "good";
  }

  /** As `verify`, telling what was not looked at from what is wrong. */
  verifyStore(level: number, blocks: number, signal?: AbortSignal): Promise<VerifyOutcome> {
    return this.exclusive(() => verifyChain(this.#state, level, blocks, signal));
  }

  /** Brings everything to the disk. */
  async flush(): Promise<void> {
    await this.#write(() => flush(this.#state));
  }

  /** Runs a job between two changes: meanwhile no block is connected or disconnected. */
  exclusive<T>(job: () => Promise<T> | T): Promise<T> {
    return this.#queue.run(job);
  }

  /**
   * Flushes, then hands over all coins as of the tip, in the order of their keys. They come out of a
   * snapshot that is already taken, so they may be read while the chain goes on.
   */
  withFlushedCoins<T>(
    start: (tip: BlockNode, coins: AsyncIterableIterator<CoinEntry>) => Promise<T> | T,
  ): Promise<T> {
    return this.#write(async () => {
      await flush(this.#state);
      return start(this.tip, await snapshotCoins(this.coins));
    });
  }

  /**
   * Finishes a -reindex, then reads the given files (-loadblock), then connects what came. Run it once
   * after `open`, in the background; a closed chain or the signal end it between two blocks.
   */
  async importBlocks(paths: readonly string[] = [], signal?: AbortSignal): Promise<void> {
    const state = this.#state;
    const queue = {
      run: <T>(job: () => Promise<T> | T): Promise<T> => this.#write(job),
      activate: () => this.#activator.activate(),
    };
    state.importing = true;
    try {
      if (state.reindexing) await reindexFiles(state, queue, signal);
      for (const path of paths) await loadFile(state, queue, path, signal);
      await this.#activator.rest();
    } catch (error) {
      if (!state.closing) throw this.#failed(error);
    } finally {
      state.importing = false;
    }
  }

  /** Stops work between two blocks, flushes and closes the stores. */
  async close(): Promise<void> {
    const state = this.#state;
    if (state.closing) return;
    state.closing = true;
    await state.scripts.close();
    await this.#queue.run(() => this.#shut());
  }

  async #shut(): Promise<void> {
    const state = this.#state;
    try {
      // After a failure what is on disk is whole, and what is in memory may not be.
      if (state.failure === null) await flush(state);
    } finally {
      state.files.close();
      await state.index.close();
      await state.coins.close();
    }
  }

  /** A job that may change which branch is best. */
  async #change(job: () => Promise<void> | void): Promise<void> {
    this.#assertRunning();
    await this.#write(job);
    await this.#activator.rest();
  }

  /** A job after whose failure memory and disk may disagree. */
  #write<T>(job: () => Promise<T> | T): Promise<T> {
    return this.exclusive(async () => {
      this.#assertRunning();
      try {
        return await job();
      } catch (error) {
        throw this.#failed(error);
      }
    });
  }

  #failed(error: unknown): Error {
    const failure = error instanceof Error ? error : new Error(String(error));
    this.#state.fail(failure);
    return failure;
  }

  #assertRunning(): void {
    const { failure, closing } = this.#state;
    if (failure !== null) throw new Error("The chain has failed", { cause: failure });
    if (closing) throw new Error("The chain is closed");
  }
}

const DEFAULT_CACHE_BYTES = 450 << 20;
