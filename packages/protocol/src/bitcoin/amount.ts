/** Whole satoshis. A double holds every legal amount exactly: MAX_MONEY is below 2^51. */
export type Sats = number;

export const COIN: Sats = 100_000_000;

/** Upper bound of any amount. Core: MAX_MONEY. */
export const MAX_MONEY: Sats = 21_000_000 * COIN;

/** Core: MoneyRange. */
export function isMoney(value: number): boolean {
  return value >= 0 && value <= MAX_MONEY;
}
