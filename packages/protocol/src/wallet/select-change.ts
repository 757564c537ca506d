import type { Sats } from "../bitcoin/amount.ts";
import type { RandomBelow } from "../crypto/shuffle.ts";

/** Change worth having: what is less is hard to spend, what is more gives nothing away. */
export const CHANGE_LOWER: Sats = 50_000;
const CHANGE_UPPER: Sats = 1_000_000;

/**
 * The change to aim at: drawn between 50,000 satoshis and twice the payment, a million at most, so that
 * it does not stand out beside the payment. Core: GenerateChangeTarget.
 */
export function changeTarget(payment: Sats, changeFee: Sats, random: RandomBelow): Sats {
  if (payment <= CHANGE_LOWER / 2) return changeFee + CHANGE_LOWER;
  const upper = Math.min(payment * 2, CHANGE_UPPER);
  return changeFee + CHANGE_LOWER + random(upper - CHANGE_LOWER);
}
