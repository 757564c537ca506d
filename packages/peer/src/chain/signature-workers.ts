import { Worker } from "node:worker_threads";
import type { Block } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import type { SignatureChecks } from "@compeer/protocol/crypto/signature-backend";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { verifyInput } from "@compeer/protocol/script/verify-input";
import { type Answers, DeferredChecks } from "./deferred-checks.ts";
import type { ScriptFailure } from "./row-checker.ts";
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
  finish(): Promise<ScriptFailure | null>;
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
    const room = CHECKS_PER_INPUT * block.table.inputCount;
    const first = new Round(block, coins, flags, this.#backend, null, room);
    const left = this.#handOut(first.queue);
    first.run();
    return {
      finish: () => this.#finish(block, coins, flags, first, left),
      abandon: () => first.queue.abandon(),
    };
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  async #finish(
    block: Block,
    coins: SpentCoins,
    flags: number,
    first: Round,
    firstLeft: Promise<unknown>,
  ): Promise<ScriptFailure | null> {
    /** Nothing presumed of them: those that fail are among them. */
    const suspects = new Map<number, Answers>();
    let round = first;
    let left = firstLeft;
    for (let rounds = 1; ; rounds++) {
      round.queue.answer(this.#backend);
      await left;
      for (const row of round.failures.keys()) suspects.set(row, []);
      const mistaken = round.checks.mistaken();
      if (mistaken.size === 0) break;
      const presumes = mistaken.size > FEW && rounds < ROUNDS;
      const room = presumes ? CHECKS_PER_INPUT * block.table.inputCount : 0;
      round = new Round(block, coins, flags, this.#backend, mistaken, room);
      if (presumes) left = this.#handOut(round.queue);
      round.run();
    }
    const last = new Round(block, coins, flags, this.#backend, suspects, 0);
    last.run();
    const [failure = null] = last.failures.values();
    return failure;
  }

  /** Resolves when no worker reads the queue any more. */
  #handOut(queue: SignatureQueue): Promise<unknown> {
    return Promise.all([...this.#workers].map((worker) => handTo(worker, queue)));
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

/** Scripts that run on presumed answers. */
class Round {
  readonly queue: SignatureQueue;
  readonly checks: DeferredChecks;
  /** What fails if the answers are true, by the input's number in the whole table. */
  readonly failures = new Map<number, ScriptFailure>();
  readonly #block: Block;
  readonly #coins: SpentCoins;
  readonly #flags: number;
  readonly #known: ReadonlyMap<number, Answers> | null;

  /**
   * @param known the inputs to run, with what earlier rounds told of each; null for all
   * @param room for so many checks; with none each is done at once
   */
  constructor(
    block: Block,
    coins: SpentCoins,
    flags: number,
    backend: SignatureChecks,
    known: ReadonlyMap<number, Answers> | null,
    room: number,
  ) {
    this.queue = SignatureQueue.withRoom(room);
    this.checks = new DeferredChecks(this.queue, backend);
    this.#block = block;
    this.#coins = coins;
    this.#flags = flags;
    this.#known = known;
  }

  run(): void {
    for (const tx of this.#block.transactions) {
      if (tx.index === 0) continue;
      const context = new TransactionContext(tx, this.#coins, this.checks);
      for (let input = 0; input < tx.inputCount; input++) {
        const row = tx.firstInput + input;
        const answers = this.#known?.get(row);
        if (this.#known !== null && answers === undefined) continue;
        this.checks.begin(row, answers);
        const error = verifyInput(context, input, this.#flags);
        if (error !== null) this.failures.set(row, { tx: tx.index, input, error });
      }
    }
    this.queue.close();
  }
}

function handTo(worker: Worker, { memory }: SignatureQueue): Promise<void> {
  return new Promise((resolve) => {
    const leave = (): void => {
      worker.off("message", leave);
      worker.off("exit", leave);
      resolve();
    };
    worker.on("message", leave);
    worker.on("exit", leave);
    worker.postMessage(memory);
  });
}
