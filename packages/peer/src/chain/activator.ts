import type { BlockFault } from "@compeer/protocol/consensus/fault";
import { activateBestChain } from "./activate-best-chain.ts";
import type { BlockNode } from "./block-node.ts";
import type { BlockChecked } from "./chain-parts.ts";
import type { ChainState } from "./chain-state.ts";
import { flushWhenDue } from "./flush.ts";
import type { JobQueue } from "./job-queue.ts";
import { CheckCancelled } from "./script-workers.ts";

interface Waiter {
  resolve(fault: BlockFault | null): void;
  reject(error: Error): void;
}

/**
 * Moves the chain to its best block whenever somebody asks, as a job of the queue. Requests that come
 * while it is at it are served by the same run; when other jobs wait it lets them through between two
 * blocks and goes on behind them.
 */
export class Activator {
  readonly #state: ChainState;
  readonly #queue: JobQueue;
  readonly #waiters = new Map<BlockNode, Waiter>();
  /** Of these, the blocks that were connected since the last new tip. */
  #connected: BlockNode[] = [];
  #run: Promise<void> | null = null;
  #again = false;

  constructor(state: ChainState, queue: JobQueue) {
    this.#state = state;
    this.#queue = queue;
    state.blockChecked.on((check) => this.#onChecked(check));
    state.tipChanged.on(() => this.#onTip());
  }

  /** Resolves when the chain stands at its best block, or let other jobs through. */
  activate(): Promise<void> {
    this.#again = true;
    this.#run ??= this.#queue.run(() => this.#work());
    return this.#run;
  }

  /** Resolves when there is nothing more to connect, or the chain stops. */
  async rest(): Promise<void> {
    await this.activate();
    while (this.#run !== null) await this.#run;
  }

  /**
   * What becomes of a block that was just stored: its fault when it was refused, null when it was
   * connected or does not lead.
   *
   * @throws Error when the chain failed meanwhile
   */
  outcome(node: BlockNode): Promise<BlockFault | null> {
    const result = new Promise<BlockFault | null>((resolve, reject) => {
      this.#waiters.set(node, { resolve, reject });
    });
    void this.activate();
    return result;
  }

  async #work(): Promise<void> {
    const state = this.#state;
    const pause = (): boolean => this.#queue.waiting > 0;
    try {
      while (this.#again && !state.isStopping && !state.reindexing) {
        this.#again = false;
        await activateBestChain(state, pause);
        this.#again ||= pause();
        if (pause()) break;
      }
      if (!state.isStopping) await flushWhenDue(state);
    } catch (error) {
      if (!(error instanceof CheckCancelled)) state.fail(asError(error));
    }
    // Nothing may come between this look and the end of the run, or a request would be lost.
    this.#run = null;
    if (this.#again && !state.isStopping && !state.reindexing) void this.activate();
    else this.#settle();
  }

  #onChecked({ node, fault }: BlockChecked): void {
    const waiter = node === null ? undefined : this.#waiters.get(node);
    if (node === null || waiter === undefined) return;
    if (fault === null) {
      this.#connected.push(node);
      return;
    }
    waiter.resolve(fault);
    this.#waiters.delete(node);
  }

  /** Who hands in one block after the other waits until the chain is at rest; many at once are let go as they connect. */
  #onTip(): void {
    if (this.#waiters.size < 2) return;
    for (const node of this.#connected.splice(0)) {
      this.#waiters.get(node)?.resolve(null);
      this.#waiters.delete(node);
    }
  }

  /** The chain is at rest: whoever still waits has a block that does not lead. */
  #settle(): void {
    const { failure } = this.#state;
    for (const waiter of this.#waiters.values())
      if (failure === null) waiter.resolve(null);
      else waiter.reject(failure);
    this.#waiters.clear();
    this.#connected = [];
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
