import type { Sats } from "../bitcoin/amount.ts";
import { effectiveValue, type SelectableCoin } from "./select-coin.ts";

export type SelectionAlgorithm = "bnb" | "cg" | "knapsack" | "srd" | "manual";

/** Coins that pay for a target. Core: SelectionResult. */
export interface Selection {
  readonly algorithm: SelectionAlgorithm;
  readonly coins: readonly SelectableCoin[];
  /** Payments, and the fee of everything but inputs and change unless recipients pay it. */
  readonly target: Sats;
  readonly subtractFee: boolean;
  /** What lifting the ancestors of all coins together costs less than of each alone. */
  readonly bumpDiscount: Sats;
}

/** What change costs and from when on it is worth it. */
export interface ChangeCost {
  readonly changeFee: Sats;
  /** Making the output now and spending it some day. */
  readonly costOfChange: Sats;
  readonly minViableChange: Sats;
}

export function selectedValue({ coins }: Selection): Sats {
  let total = 0;
  for (const { value } of coins) total += value;
  return total;
}

/** What the coins are worth for the target. */
function selectedAmount(selection: Selection): Sats {
  if (selection.subtractFee) return selectedValue(selection);
  let total = selection.bumpDiscount;
  for (const coin of selection.coins) total += effectiveValue(coin);
  return total;
}

/** Part of the fee that lifts unconfirmed ancestors. */
export function selectedBumpFees({ coins, bumpDiscount }: Selection): Sats {
  let total = -bumpDiscount;
  for (const { bumpFee } of coins) total += bumpFee;
  return total;
}

/** Amount of the change output; 0 when there is none. Core: SelectionResult::GetChange. */
export function selectedChange(selection: Selection, cost: ChangeCost): Sats {
  const excess = selectedAmount(selection) - selection.target;
  const change = selection.subtractFee ? excess : excess - cost.changeFee;
  return change < cost.minViableChange ? 0 : change;
}

/**
 * What a selection wastes: spending its inputs now rather than later, and change or what is given away
 * for want of it. The lowest is the best. Core: SelectionResult::RecalculateWaste.
 */
export function selectionWaste(selection: Selection, cost: ChangeCost): Sats {
  let waste = -selection.bumpDiscount;
  for (const { fee, longTermFee } of selection.coins) waste += fee - longTermFee;
  if (selectedChange(selection, cost) > 0) return waste + cost.costOfChange;
  return waste + selectedAmount(selection) - selection.target;
}
