import { readFile, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import {
  decodeFeeEstimates,
  encodeFeeEstimates,
} from "@compeer/protocol/policy/fee-estimates-file";
import { FeeEstimator, type SmartRate } from "@compeer/protocol/policy/fee-estimator";
import { ratePerKvb } from "@compeer/protocol/policy/fee-rate";
import type { MempoolEntry } from "../mempool/mempool-entry.ts";
import type { MinedEntries, Removal } from "../mempool/mempool-parts.ts";

const HOUR = 60 * 60;
/** Estimates that were saved longer ago are no good. Core: MAX_FILE_AGE. */
const MAX_FILE_AGE = 60 * HOUR;
/** How old the tip may be for what comes to count, seconds. Core: MAX_FEE_ESTIMATION_TIP_AGE. */
const MAX_TIP_AGE = 3 * HOUR;

/** A signal that can only be listened to. */
interface Listenable<T> {
  on(listener: (value: T) => void): () => void;
}

/** What the estimates follow. */
export interface FeeEstimatesParts {
  readonly chain: {
    readonly isInitialDownload: boolean;
    readonly tip: { readonly height: number; readonly time: number };
    readonly bestHeader: { readonly height: number };
  };
  readonly mempool: {
    readonly added: Listenable<MempoolEntry>;
    readonly removed: Listenable<Removal>;
    readonly mined: Listenable<MinedEntries>;
  };
  readonly clock: { now(): number };
  readonly log: { info(text: string): void; warning(text: string): void };
}

export interface FeeEstimatesOptions {
  /** The file; null to keep nothing. */
  readonly path: string | null;
  /** Read it whatever its age (-acceptstalefeeestimates). */
  readonly acceptStale: boolean;
}

/** Watches the mempool to estimate fees, and keeps what it learned in `fee_estimates.dat`. */
export class FeeEstimates {
  readonly estimator: FeeEstimator = new FeeEstimator();
  readonly #parts: FeeEstimatesParts;
  readonly #options: FeeEstimatesOptions;
  readonly #stopListening: readonly (() => void)[];
  /** Seconds until the next save that `forward` has let pass. */
  #forwarded = 0;
  #timer: NodeJS.Timeout | null = null;
  #saving: Promise<void> = Promise.resolve();

  private constructor(parts: FeeEstimatesParts, options: FeeEstimatesOptions) {
    this.#parts = parts;
    this.#options = options;
    const { mempool } = parts;
    this.#stopListening = [
      mempool.added.on((entry) => this.#added(entry)),
      mempool.removed.on(({ entry, reason }) => {
        if (reason !== "block") this.estimator.remove(entry.txidKey);
      }),
      mempool.mined.on(({ height, entries }) =>
        this.estimator.addBlock(
          height,
          entries.map(({ txidKey }) => txidKey),
        ),
      ),
    ];
    this.#schedule();
  }

  /** Reads what was saved; a file that is missing or damaged costs nothing but what was learned. */
  static async open(parts: FeeEstimatesParts, options: FeeEstimatesOptions): Promise<FeeEstimates> {
    const estimates = new FeeEstimates(parts, options);
    if (options.path !== null) await estimates.#read(options.path);
    return estimates;
  }

  /** What confirms within `target` blocks, 1 to `maxTarget`. */
  smartRate(target: number, conservative: boolean): SmartRate {
    return this.estimator.smartRate(target, conservative);
  }

  get maxTarget(): number {
    return this.estimator.maxTarget("long");
  }

  /** Lets the time to the next save pass faster (mockscheduler). */
  forward(seconds: number): void {
    this.#forwarded += seconds;
    if (this.#forwarded >= HOUR) this.#saveSoon();
  }

  /** Saves what was learned; all that still waits counts as not confirmed. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const stop of this.#stopListening) stop();
    await this.#saving;
    this.estimator.removeAll();
    await this.#save();
  }

  #added(entry: MempoolEntry): void {
    if (entry.arrival !== "alone" || entry.parents.size > 0 || !this.#isCurrent) return;
    this.estimator.add(entry.txidKey, entry.height, ratePerKvb(entry.fee, entry.vsize));
  }

  /** While the chain is behind, waiting says nothing about fees. Core: IsCurrentForFeeEstimation. */
  get #isCurrent(): boolean {
    const { chain, clock } = this.#parts;
    return (
      !chain.isInitialDownload &&
      chain.tip.time >= clock.now() - MAX_TIP_AGE &&
      chain.tip.height >= chain.bestHeader.height - 1
    );
  }

  #schedule(): void {
    this.#forwarded = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#saveSoon(), HOUR * 1000).unref();
  }

  #saveSoon(): void {
    this.#schedule();
    this.#saving = this.#saving.then(() => this.#save());
  }

  async #save(): Promise<void> {
    const { path } = this.#options;
    const { log } = this.#parts;
    if (path === null) return;
    try {
      await writeFile(path, encodeFeeEstimates(this.estimator.snapshot()));
      log.info(`Flushed fee estimates to ${basename(path)}.`);
    } catch (error) {
      log.warning(`Failed to write fee estimates to ${path}: ${error}. Continue anyway.`);
    }
  }

  async #read(path: string): Promise<void> {
    const { log } = this.#parts;
    try {
      // The age of a file is told by the machine's clock, whatever time is mocked.
      const age = Math.floor((Date.now() - (await stat(path)).mtimeMs) / 1000);
      if (age > MAX_FILE_AGE && !this.#options.acceptStale) {
        const hours = `age=${Math.floor(age / HOUR)} > ${MAX_FILE_AGE / HOUR} hours`;
        log.warning(`Fee estimation file ${path} too old (${hours}) and will not be used.`);
        return;
      }
      this.estimator.restore(decodeFeeEstimates(await readFile(path)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        log.info(`${path} is not found. Continue anyway.`);
      else if (error instanceof DecodeError || (error as NodeJS.ErrnoException).code !== undefined)
        log.warning(`Failed to read fee estimates from ${path}: ${error}. Continue anyway.`);
      else throw error;
    }
  }
}
