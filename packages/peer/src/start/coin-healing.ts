import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../config/settings.ts";
import { pruneMode } from "./chain-settings.ts";

/** Lies in the chain's folder from the moment that damage is noticed until the next start. */
const MARK = "coins-damaged";

/** What a start builds anew: the coins out of the blocks, or all but the block files. */
export type Rebuild = "nothing" | "coins" | "all";

interface HealingLog {
  error(text: string): void;
  warning(text: string): void;
}

/**
 * Heals coins that are damaged on disk. They cannot be mended while the chain rests on them: the damage is
 * noted in a file, and the next start builds the coins anew as -reindex-chainstate does or, where blocks
 * are pruned, everything as -reindex does.
 */
export class CoinHealing {
  readonly #settings: Settings;
  /** Null in memory: there the next start is anew in any case. */
  readonly #path: string | null;
  readonly #log: HealingLog;
  /** True when this start is the one that heals. */
  readonly isUnderWay: boolean;
  #warning: string | null = null;

  constructor(settings: Settings, inMemory: boolean, log: HealingLog) {
    this.#settings = settings;
    this.#path = inMemory ? null : join(settings.directories.chain, MARK);
    this.#log = log;
    this.isUnderWay = this.#path !== null && existsSync(this.#path);
    if (this.isUnderWay)
      log.warning("The coins on disk were found damaged: they are built anew from the blocks.");
  }

  get rebuild(): Rebuild {
    const settings = this.#settings;
    if (settings.flag("reindex")) return "all";
    if (this.isUnderWay && pruneMode(settings) !== "off") return "all";
    return settings.flag("reindex-chainstate") || this.isUnderWay ? "coins" : "nothing";
  }

  /** The damaged coins are gone: from now on an ordinary start goes on with what is there. */
  begun(): void {
    if (this.#path !== null) rmSync(this.#path, { force: true });
  }

  /** Notes what is wrong with the coins; only the first time is told. */
  note(damage: string): void {
    if (this.#warning !== null) return;
    this.#warning = `The coins on disk are damaged (${damage}). Start again: they will be built anew.`;
    this.#log.error(this.#warning);
    try {
      if (this.#path !== null) writeFileSync(this.#path, `${damage}\n`);
    } catch (error) {
      this.#log.error(`That could not be noted, start with -reindex-chainstate: ${String(error)}`);
    }
  }

  /** For whoever asks how the peer is; null when nothing is wrong. */
  get warning(): string | null {
    return this.#warning;
  }
}
