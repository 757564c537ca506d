import { Worker } from "node:worker_threads";
import type { Block } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import type { SignatureChecks } from "@compeer/protocol/crypto/signature-backend";
import { type Answers, DeferredChecks } from "./deferred-checks.ts";
import { firstSpendingRow, RowChecker, type ScriptFailure } from "./row-checker.ts";
import { SignatureQueue } from "./signature-queue.ts";

/** Checks that an input has room for on average; nearly all have one. What does not fit is done at once. */
const CHECKS_PER_INPUT = 4;
/** So many inputs are finished where they are, without presuming. */
const FEW = 64;
/**
 * How often scripts run on presumed answers. A multisig of two signatures and three keys is presumed
 * wrongly at most once; a script that is made to mislead shall not run a hundred times.
 */
const ROUNDS = 3;

/** Checks by a backend that other threads find by its name; without one they take the fastest. */
type NamedChecks = SignatureChecks & { readonly name?: string };

/** The scripts of a block, which have run, while signatures are still being checked. */
export interface StartedScripts {
  /**
   * Takes its part of the signatures, without a pause.
   *
   * @returns the first failing input, null when all are right
   */
  finish(): ScriptFailure | null;
  /** Nobody wants to know any more. */
  abandon(): void;
}

/**
 * Threads that check signatures and nothing else, for a process that judges one block and ends: all
 * scripts run on one thread, so that their code warms up once, and beside it runs what is slow.
 */
export class SignatureWorkers {
  readonly #workers = new Set<Worker>();
  readonly #backend: NamedChecks;

  /**
   * @param threads this one counted
   * @param backend of this thread, which opens it before there is a block, as the others do by its name
   */
  constructor(threads: number, backend: NamedChecks = signatureBackend()) {
    this.#backend = backend;
    for (let i = 1; i < threads; i++) this.#startWorker();
  }

  /** The running threads beside this one; a test ends one to see what becomes of its block. */
  get threads(): ReadonlySet<Worker> {
    return this.#workers;
  }

  /**
   * Runs the scripts of every input, without a pause, while the threads check the signatures that
   * these meet. All coins must be there.
   */
  start(block: Block, coins: SpentCoins, flags: number): StartedScripts {
    const given = { block, coins, flags, backend: this.#backend };
    const first = new Round(given, CHECKS_PER_INPUT * block.table.inputCount);
    this.#handOut(first.queue);
    first.runAll();
    return { finish: () => this.#finish(given, first), abandon: () => first.queue.abandon() };
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  #finish(given: Given, first: Round): ScriptFailure | null {
    /** Nothing presumed of them: those that fail are among them. */
    const suspects = new Map<number, Answers>();
    let round = first;
    for (let rounds = 1; ; rounds++) {
      round.queue.finish(this.#backend);
      for (const row of round.failures.keys()) suspects.set(row, []);
      const mistaken = round.checks.mistaken();
      if (mistaken.size === 0) break;
      const presumes = mistaken.size > FEW && rounds < ROUNDS;
      round = new Round(given, presumes ? CHECKS_PER_INPUT * given.block.table.inputCount : 0);
      if (presumes) this.#handOut(round.queue);
      round.runAgain(mistaken);
    }
    const last = new Round(given, 0);
    last.runAgain(suspects);
    const [failure = null] = last.failures.values();
    return failure;
  }

  #handOut({ memory }: SignatureQueue): void {
    for (const worker of this.#workers) worker.postMessage(memory);
  }

  #startWorker(): void {
    const worker = new Worker(new URL("./signature-worker.js", import.meta.url), {
      workerData: this.#backend.name,
    });
    this.#workers.add(worker);
    worker.on("error", () => {}); // it ends: what it did not answer is done here
    worker.on("exit", () => this.#workers.delete(worker));
  }
}

/** What is to be judged, and by whom. */
interface Given {
  readonly block: Block;
  readonly coins: SpentCoins;
  readonly flags: number;
  readonly backend: SignatureChecks;
}

/** Scripts that run on presumed answers. */
class Round {
  readonly queue: SignatureQueue;
  readonly checks: DeferredChecks;
  /** What fails if the answers are true, by the input's number in the whole table. */
  readonly failures = new Map<number, ScriptFailure>();
  readonly #rows: RowChecker;
  readonly #firstRow: number;
  readonly #endRow: number;

  /** @param room for so many checks; with none each is done at once */
  constructor({ block, coins, flags, backend }: Given, room: number) {
    this.queue = SignatureQueue.withRoom(room);
    this.checks = new DeferredChecks(this.queue, backend);
    this.#rows = new RowChecker(block.table, coins, flags, null, this.checks);
    this.#firstRow = firstSpendingRow(block.table);
    this.#endRow = block.table.inputCount;
  }

  runAll(): void {
    for (let row = this.#firstRow; row < this.#endRow; row++) this.#run(row);
    this.queue.close();
  }

  /** @param known the inputs to run, with what earlier rounds told of each */
  runAgain(known: ReadonlyMap<number, Answers>): void {
    for (const row of [...known.keys()].sort((a, b) => a - b)) this.#run(row, known.get(row));
    this.queue.close();
  }

  #run(row: number, answers?: Answers): void {
    this.checks.begin(row, answers);
    const failure = this.#rows.check(row);
    if (failure !== null) this.failures.set(row, failure);
  }
}
