import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Block } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { firstSpendingRow, RowChecker, type ScriptFailure } from "./row-checker.ts";
import type { ScriptReport, ScriptTask } from "./script-worker.ts";
import { CANCELLED, ROWS_DONE, type SharedView, shareBlock, viewShared } from "./shared-block.ts";

/** Below this a block is checked where it is: waking threads would take longer. */
const INLINE_INPUTS = 16;
/** Longest time that inline checks keep the event loop, ms. */
const INLINE_SLICE_MS = 5;
/** Core: MAX_SCRIPTCHECK_THREADS. */
const MAX_THREADS = 15;

/** A check that was cut short. It says nothing about the block. */
export class CheckCancelled extends Error {}

interface Job {
  readonly view: SharedView;
  /** Workers that may still read the memory. */
  readonly waiting: Set<Worker>;
  failure: ScriptFailure | null;
  /** A worker died or crashed: there will be no verdict. */
  broken: Error | null;
  /** Resolves when no worker reads the memory any more. */
  readonly left: Promise<void>;
  readonly done: () => void;
}

/**
 * Threads that check the scripts of blocks. They start when the first block with many inputs comes, or
 * when told to, and do not keep the process alive by themselves.
 */
export class ScriptWorkers {
  readonly #count: number;
  readonly #workers = new Set<Worker>();
  readonly #jobs = new Map<number, Job>();
  #nextJob = 0;
  #closed = false;

  private constructor(count: number) {
    this.#count = count;
  }

  /** @param threads as -par: 0 one a core, negative leaves that many cores free, 1 none beside the main one */
  static start(threads: number): ScriptWorkers {
    return new ScriptWorkers(workerCount(threads, availableParallelism()));
  }

  /** Number of threads beside the main one. */
  get count(): number {
    return this.#count;
  }

  /** The running threads; a test ends one to see what becomes of its block. */
  get threads(): ReadonlySet<Worker> {
    return this.#workers;
  }

  /** Starts the threads now, for a caller who knows that a block with many inputs is coming. */
  warmUp(): void {
    while (this.#workers.size < this.#count && !this.#closed) this.#startWorker();
  }

  /**
   * Checks the scripts of every input. All coins must be there.
   *
   * @param known not 0 for each transaction whose scripts need not run, null when that is none
   * @returns the first failing input, null when all are right
   * @throws CheckCancelled when closed meanwhile
   */
  async check(
    block: Block,
    coins: SpentCoins,
    flags: number,
    known: Uint8Array | null = null,
  ): Promise<ScriptFailure | null> {
    const left = spendingInputs(block) - knownInputs(block, known);
    if (left === 0) return null;
    if (left < INLINE_INPUTS || this.#count === 0)
      return this.#checkInline(block, coins, flags, known);
    return this.#verdict(this.#share(block, coins, flags, known), block, coins, flags);
  }

  /** Cancels what is under way and ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#jobs.values()) Atomics.store(job.view.control, CANCELLED, 1);
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  async #verdict(
    job: Job,
    block: Block,
    coins: SpentCoins,
    flags: number,
  ): Promise<ScriptFailure | null> {
    await job.left;
    if (this.#closed || Atomics.load(job.view.control, CANCELLED) !== 0) throw new CheckCancelled();
    if (job.broken !== null) return this.#checkInline(block, coins, flags);
    if (job.failure !== null) return job.failure;
    // Only a count of all inputs is a pass, so that no lost message can ever be taken for one.
    if (Atomics.load(job.view.control, ROWS_DONE) === spendingInputs(block)) return null;
    return this.#checkInline(block, coins, flags);
  }

  async #checkInline(
    block: Block,
    coins: SpentCoins,
    flags: number,
    known: Uint8Array | null = null,
  ): Promise<ScriptFailure | null> {
    const checker = new RowChecker(block.table, coins, flags);
    let sliceEnd = performance.now() + INLINE_SLICE_MS;
    for (const { index, firstInput, inputCount } of block.transactions) {
      if (index === 0 || (known !== null && known[index] !== 0)) continue;
      for (let row = firstInput; row < firstInput + inputCount; row++) {
        const failure = checker.check(row);
        if (failure !== null) return failure;
        if (performance.now() < sliceEnd) continue;
        await new Promise((resolve) => setImmediate(resolve));
        if (this.#closed) throw new CheckCancelled();
        sliceEnd = performance.now() + INLINE_SLICE_MS;
      }
    }
    return null;
  }

  #share(block: Block, coins: SpentCoins, flags: number, known: Uint8Array | null): Job {
    this.warmUp();
    const id = this.#nextJob++;
    const shared = shareBlock(block.table, coins, known);
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const done = (): void => {
      this.#jobs.delete(id);
      if (this.#jobs.size === 0) for (const worker of this.#workers) worker.unref();
      leave();
    };
    const waiting = new Set(this.#workers);
    const job: Job = { view: viewShared(shared), waiting, failure: null, broken: null, left, done };
    this.#jobs.set(id, job);
    const task: ScriptTask = { job: id, block: shared, flags };
    for (const worker of this.#workers) {
      worker.ref();
      worker.postMessage(task);
    }
    if (job.waiting.size === 0) job.done();
    return job;
  }

  #startWorker(): void {
    const worker = new Worker(new URL("./script-worker.js", import.meta.url));
    worker.unref();
    this.#workers.add(worker);
    worker.on("message", (report: ScriptReport) => this.#report(worker, report));
    worker.on("error", (error) => this.#lose(worker, error));
    worker.on("exit", () => this.#lose(worker, new Error("a script thread ended")));
  }

  #report(worker: Worker, { job: id, failure, crash }: ScriptReport): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    if (crash !== null) job.broken = new Error(crash);
    if (isBefore(failure, job.failure)) job.failure = failure;
    leave(job, worker);
  }

  #lose(worker: Worker, error: Error): void {
    this.#workers.delete(worker);
    for (const job of [...this.#jobs.values()]) {
      if (!job.waiting.has(worker)) continue;
      job.broken = error;
      leave(job, worker);
    }
  }
}

/** A job is over when no thread reads its memory any more. */
function leave(job: Job, worker: Worker): void {
  if (job.waiting.delete(worker) && job.waiting.size === 0) job.done();
}

function isBefore(a: ScriptFailure | null, b: ScriptFailure | null): boolean {
  if (a === null) return false;
  return b === null || a.tx < b.tx || (a.tx === b.tx && a.input < b.input);
}

function spendingInputs({ table }: Block): number {
  return table.inputCount - firstSpendingRow(table);
}

function knownInputs({ transactions }: Block, known: Uint8Array | null): number {
  let count = 0;
  if (known === null) return count;
  for (let i = 1; i < transactions.length; i++)
    if (known[i] !== 0) count += (transactions[i] as TransactionView).inputCount;
  return count;
}

function workerCount(threads: number, cores: number): number {
  const wanted = threads <= 0 ? cores + threads : threads;
  return wanted <= 1 ? 0 : Math.min(wanted, MAX_THREADS);
}
