import type { Signal } from "../../chain/signal.ts";

/** Whether and how this peer mines by itself. */
export interface MiningState {
  readonly [key: string]: string | number | boolean | null;
  readonly on: boolean;
  /** Seconds. */
  readonly interval: number;
  /** Address or descriptor that earns. */
  readonly to: string;
  /** False on networks whose blocks take real work. */
  readonly available: boolean;
  /** Hash of the last block. */
  readonly last: string | null;
  /** Blocks since the start. */
  readonly found: number;
  /** What went wrong last; null when the last block went well. */
  readonly error: string | null;
}

/** Starts and stops the mining of a private ledger. */
export interface MiningSwitch {
  readonly changed: Signal<void>;
  state(): MiningState;
  /** @throws SettingsError with a sentence when it cannot be */
  set(on: boolean, interval: number, to: string): Promise<MiningState>;
}
