import type { Sats } from "./amount.ts";

/** An unspent output and where it came from. */
export interface Coin {
  readonly value: Sats;
  readonly script: Uint8Array;
  /** Height of the block that made it. */
  readonly height: number;
  readonly coinbase: boolean;
}
