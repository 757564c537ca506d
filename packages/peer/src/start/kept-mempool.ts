import { resolve } from "node:path";
import type { Clock } from "../clock/clock.ts";
import type { Settings } from "../config/settings.ts";
import type { Mempool } from "../mempool/mempool.ts";
import { type LoadOptions, loadMempool, saveMempool } from "../mempool/mempool-file.ts";

const FILE = "mempool.dat";
const AS_SAVED = { useCurrentTime: false, applyDeltas: true, applyUnbroadcast: true } as const;

interface KeptLog {
  info(text: string): void;
  warning(text: string): void;
}

/** The mempool's file in the chain's folder: read after the start, written before the end. */
export class KeptMempool {
  readonly #path: string;
  readonly #isKept: boolean;
  readonly #plain: boolean;
  readonly #mempool: Mempool;
  readonly #log: KeptLog;

  constructor(settings: Settings, inMemory: boolean, mempool: Mempool, log: KeptLog) {
    this.#path = resolve(settings.directories.chain, FILE);
    this.#isKept = !inMemory && settings.flag("persistmempool", true);
    this.#plain = settings.flag("persistmempoolv1");
    this.#mempool = mempool;
    this.#log = log;
  }

  /** A file that is missing or damaged costs nothing but its transactions. */
  async load(clock: Clock, signal: AbortSignal): Promise<void> {
    if (this.#isKept) await this.#read(this.#path, clock.now(), AS_SAVED, signal);
    if (!signal.aborted) this.#mempool.loaded = true;
  }

  /** Takes in another file; false, and a line in the log, when it cannot be read. */
  import(path: string, now: number, options: LoadOptions): Promise<boolean> {
    return this.#read(path, now, options);
  }

  async #read(
    path: string,
    now: number,
    options: LoadOptions,
    signal?: AbortSignal,
  ): Promise<boolean> {
    try {
      const counts = await loadMempool(this.#mempool, path, now, options, signal);
      this.#log.info(
        `Imported mempool transactions from file: ${counts.accepted} succeeded, ${counts.failed} failed, ${counts.expired} expired, ${counts.known} already there, ${counts.unbroadcast} waiting for initial broadcast`,
      );
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        this.#log.info("Failed to open mempool file. Continuing anyway.");
      else this.#log.warning(`Failed to read the mempool from disk: ${error}. Continuing anyway.`);
      return false;
    }
  }

  /** @returns where it was written. @throws Error when the disk refuses */
  async save(): Promise<string> {
    await saveMempool(this.#mempool, this.#path, this.#plain);
    return this.#path;
  }

  /** Writes it at the end of a run, unless it was never read or is not to be kept. */
  async close(): Promise<void> {
    if (!this.#isKept || !this.#mempool.loaded) return;
    try {
      await this.save();
    } catch (error) {
      this.#log.warning(`Failed to write the mempool to disk: ${error}. Continuing anyway.`);
    }
  }
}
