import type { Network } from "@compeer/protocol/bitcoin/network";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { Signal } from "../chain/signal.ts";
import type { Settings } from "../config/settings.ts";
import type { Miner } from "../mining/miner.ts";
import type { MiningState, MiningSwitch } from "../serve/events/mining-switch.ts";
import { ANYBODY, type MiningPlan, miningPlan, rewardScript } from "./mining-settings.ts";

interface MiningLog {
  warning(text: string): void;
}

/** Mining that goes on until it is stopped: a block an interval on whatever is the tip then. */
export class SteadyMiner implements MiningSwitch {
  readonly changed: Signal<void> = new Signal();
  readonly #miner: Miner;
  readonly #network: Network;
  readonly #log: MiningLog;
  readonly #isOurs: boolean;
  #to: string;
  #intervalMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #isBusy = false;
  #last: string | null = null;
  #found = 0;
  #error: string | null = null;

  /** It does not mine yet. */
  constructor(settings: Settings, network: Network, miner: Miner, log: MiningLog) {
    this.#miner = miner;
    this.#network = network;
    this.#log = log;
    this.#to = settings.text("mineto", ANYBODY);
    const isOwnSignet = network.name === "signet" && settings.isSet("signetchallenge");
    this.#isOurs = network.name === "regtest" || isOwnSignet;
  }

  /** Begins what -mine asks for, if it does. @throws SettingsError where it cannot be */
  startAs(settings: Settings): void {
    const plan = miningPlan(settings, this.#network);
    if (plan !== null) this.#start(plan);
  }

  state(): MiningState {
    return {
      on: this.#timer !== null,
      interval: this.#intervalMs / 1000,
      to: this.#to,
      available: this.#isOurs,
      last: this.#last,
      found: this.#found,
      error: this.#error,
    };
  }

  async set(on: boolean, interval: number, to: string): Promise<MiningState> {
    if (on && !this.#isOurs)
      throw new SettingsError("Mining is for regtest and for a signet of your own.");
    const script = on ? rewardScript(to, this.#network) : null;
    await this.stop();
    this.#to = to;
    if (script !== null) this.#start({ intervalMs: interval * 1000, script });
    this.changed.emit();
    return this.state();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#stopping.abort();
    await this.#running;
  }

  #start({ intervalMs, script }: MiningPlan): void {
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#intervalMs = intervalMs;
    this.#error = null;
    this.#timer = setInterval(() => {
      if (this.#isBusy) return;
      this.#isBusy = true;
      this.#running = this.#mine(script, stopping.signal);
    }, intervalMs);
  }

  /** What goes wrong is told, and tried again. */
  async #mine(script: Uint8Array, signal: AbortSignal): Promise<void> {
    try {
      const hashes = await this.#miner.generate(1, script, Number.MAX_SAFE_INTEGER, signal);
      const [hash] = hashes;
      if (hash !== undefined) {
        this.#last = formatHash(hash);
        this.#found++;
      }
      this.#error = null;
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error);
      this.#log.warning(`Mining failed: ${error}`);
    } finally {
      this.#isBusy = false;
      this.changed.emit();
    }
  }
}
