import type { Sats } from "../bitcoin/amount.ts";
import { effectiveValue, type SelectableCoin } from "./select-coin.ts";

const WITNESS_SCALE_FACTOR = 4;

/** Coins that are spent together or not at all. Core: OutputGroup. */
export interface CoinGroup {
  readonly coins: readonly SelectableCoin[];
  /** What it adds to a selection: the effective value, or the whole one where recipients pay the fee. */
  readonly amount: Sats;
  readonly fee: Sats;
  readonly longTermFee: Sats;
  readonly weight: number;
  readonly depth: number;
  readonly isFromMe: boolean;
  /** The sum: too many where coins have ancestors in common. */
  readonly ancestors: number;
  readonly descendants: number;
}

/** @param subtractFee whether recipients pay the fee, so that coins count whole */
export function groupCoins(coins: readonly SelectableCoin[], subtractFee: boolean): CoinGroup {
  let [amount, fee, longTermFee, size, ancestors, descendants] = [0, 0, 0, 0, 0, 0];
  let depth = Number.POSITIVE_INFINITY;
  let isFromMe = true;
  for (const coin of coins) {
    amount += subtractFee ? coin.value : effectiveValue(coin);
    fee += coin.fee;
    longTermFee += coin.longTermFee;
    size += Math.max(0, coin.inputSize);
    ancestors += coin.ancestors;
    descendants = Math.max(descendants, coin.descendants);
    depth = Math.min(depth, coin.depth);
    isFromMe &&= coin.isFromMe;
  }
  const weight = size * WITNESS_SCALE_FACTOR;
  return { coins, amount, fee, longTermFee, weight, depth, isFromMe, ancestors, descendants };
}

/** What an algorithm found: groups, nothing, or nothing that is light enough. */
export type Picked = readonly CoinGroup[] | "none" | "too-heavy";

export function totalAmount(groups: readonly CoinGroup[]): Sats {
  let total = 0;
  for (const { amount } of groups) total += amount;
  return total;
}

export function totalWeight(groups: readonly CoinGroup[]): number {
  let total = 0;
  for (const { weight } of groups) total += weight;
  return total;
}
