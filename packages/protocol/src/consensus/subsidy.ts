import { COIN, type Sats } from "../bitcoin/amount.ts";

/**
 * New coins that a block at `height` may make: 50, halved every `halvingInterval` blocks, and none
 * after 64 halvings (BIP42). Core: GetBlockSubsidy.
 */
export function blockSubsidy(height: number, halvingInterval: number): Sats {
  const halvings = Math.floor(height / halvingInterval);
  if (halvings >= 64) return 0;
  // A power of two divides a double exactly; `>>` would count in 32 bits.
  return Math.floor((50 * COIN) / 2 ** halvings);
}
