import type { Sats } from "../bitcoin/amount.ts";

/** A fee and what it is paid for: virtual bytes or weight units, as the caller counts. */
export interface FeeSize {
  readonly fee: Sats;
  readonly size: number;
}

/** Fee for `vsize` virtual bytes at `rate` satoshis per 1000 of them, rounded up. Core: CFeeRate::GetFee. */
export function feeAt(rate: Sats, vsize: number): Sats {
  return ratio(rate, vsize, 1000, Math.ceil);
}

/** Satoshis per 1000 virtual bytes, rounded down. Core: CFeeRate::GetFeePerK. */
export function ratePerKvb(fee: Sats, vsize: number): Sats {
  return vsize > 0 ? ratio(fee, 1000, vsize, Math.floor) : 0;
}

/** Above 0 when `a` pays the better rate, 0 when both pay the same; exact. Core: FeeRateCompare. */
export function compareRates(a: FeeSize, b: FeeSize): number {
  const left = a.fee * b.size;
  const right = b.fee * a.size;
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left - right;
  const exact = BigInt(a.fee) * BigInt(b.size) - BigInt(b.fee) * BigInt(a.size);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

/** amount × factor ÷ divisor, rounded; in bigint where the product passes 2^53. */
function ratio(
  amount: number,
  factor: number,
  divisor: number,
  round: (value: number) => number,
): number {
  const product = amount * factor;
  // Below 2^53 a quotient that is no whole number lies too far from one to be rounded to it.
  if (Number.isSafeInteger(product)) return round(product / divisor);
  const exact = BigInt(amount) * BigInt(factor);
  const whole = exact / BigInt(divisor);
  const rest = Number(exact - whole * BigInt(divisor));
  return Number(whole) + round(rest / divisor);
}
