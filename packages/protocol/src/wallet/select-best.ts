import type { Sats } from "../bitcoin/amount.ts";
import type { RandomBelow } from "../crypto/shuffle.ts";
import { selectBranchAndBound } from "./select-branch-and-bound.ts";
import type { SelectableCoin } from "./select-coin.ts";
import { selectGrinder } from "./select-grinder.ts";
import type { CoinGroup, Picked } from "./select-group.ts";
import { selectKnapsack } from "./select-knapsack.ts";
import { selectRandomDraw } from "./select-random-draw.ts";
import {
  type ChangeCost,
  type Selection,
  type SelectionAlgorithm,
  selectionWaste,
} from "./select-result.ts";
import { sampleLargest } from "./select-sample.ts";

/** Weight units of a virtual byte. */
const WITNESS_SCALE_FACTOR = 4;
/** Above so many times the long-term rate the lightest inputs are looked for. */
const HIGH_RATE_FACTOR = 3;

/** What a selection is made for. Rates are satoshis per 1000 virtual bytes. Core: CoinSelectionParams. */
export interface SelectionTerms extends ChangeCost {
  readonly random: RandomBelow;
  readonly feeRate: Sats;
  readonly longTermRate: Sats;
  /** What change to aim at where there will be change. */
  readonly changeTarget: Sats;
  /** Virtual bytes of the transaction without inputs and change. */
  readonly baseSize: number;
  readonly changeOutputSize: number;
  /** Of the whole transaction. */
  readonly maxWeight: number;
  readonly subtractFee: boolean;
  /** What lifts the unconfirmed ancestors of these coins together; null when that is too much work. */
  readonly combinedBumpFee: (coins: readonly SelectableCoin[]) => Sats | null;
}

/** The coins chosen, or why there are none; an empty reason means too little money. */
export type SelectionVerdict =
  | { readonly selection: Selection; readonly waste: number }
  | { readonly error: string };

/** Core: ErrorMaxWeightExceeded. */
const TOO_HEAVY =
  "The inputs size exceeds the maximum weight. Please try sending a smaller amount or manually consolidating your wallet's UTXOs";

/** Groups to choose from: all, and those that are worth more than they cost. */
export interface GroupPool {
  readonly positive: CoinGroup[];
  readonly mixed: CoinGroup[];
}

/**
 * Runs every algorithm and keeps what wastes least. Of very many groups it looks at a part first, and at
 * all only where that part will not do. Core: ChooseSelectionResult.
 */
export function selectBest(pool: GroupPool, target: Sats, terms: SelectionTerms): SelectionVerdict {
  const amountOf = ({ amount }: CoinGroup): Sats => amount;
  // Copies: the algorithms sort what they are given.
  const positive = [...sampleLargest(pool.positive, amountOf, terms.random)];
  const mixed = [...sampleLargest(pool.mixed, amountOf, terms.random)];
  const verdict = selectFrom({ positive, mixed }, target, terms);
  const isPart = mixed.length < pool.mixed.length || positive.length < pool.positive.length;
  return "error" in verdict && isPart ? selectFrom(pool, target, terms) : verdict;
}

function selectFrom(pool: GroupPool, target: Sats, terms: SelectionTerms): SelectionVerdict {
  const maxWeight = terms.maxWeight - terms.baseSize * WITNESS_SCALE_FACTOR;
  if (maxWeight <= 0)
    return { error: "Maximum transaction weight is less than transaction weight without inputs" };
  const found: [SelectionAlgorithm, Picked][] = [];
  // Where recipients pay the fee, a set without change would hand them the rest of it.
  if (!terms.subtractFee)
    found.push(["bnb", selectBranchAndBound(pool.positive, target, terms.costOfChange, maxWeight)]);
  const withChange = maxWeight - terms.changeOutputSize * WITNESS_SCALE_FACTOR;
  if (withChange < 0 && !found.some(([, picked]) => typeof picked !== "string"))
    return { error: "Maximum transaction weight is too low, can not accommodate change output" };
  const { random, changeTarget, changeFee } = terms;
  found.push(["knapsack", selectKnapsack(pool.mixed, target, changeTarget, random, withChange)]);
  if (terms.feeRate > HIGH_RATE_FACTOR * terms.longTermRate)
    found.push(["cg", selectGrinder(pool.positive, target, changeTarget, withChange)]);
  found.push(["srd", selectRandomDraw(pool.positive, target, changeFee, random, withChange)]);
  return leastWaste(found, target, terms);
}

function leastWaste(
  found: readonly (readonly [SelectionAlgorithm, Picked])[],
  target: Sats,
  terms: SelectionTerms,
): SelectionVerdict {
  let best: { selection: Selection; waste: number } | null = null;
  let isTooHeavy = false;
  for (const [algorithm, picked] of found) {
    if (typeof picked === "string") {
      isTooHeavy ||= picked === "too-heavy";
      continue;
    }
    const coins = picked.flatMap((group) => group.coins);
    const bumpDiscount = discountOf(coins, terms);
    if (bumpDiscount === null) return { error: BUMP_FEES_FAILED };
    const { subtractFee } = terms;
    const selection: Selection = { algorithm, coins, target, subtractFee, bumpDiscount };
    const candidate = { selection, waste: selectionWaste(selection, terms) };
    if (best === null || isBetter(candidate, best)) best = candidate;
  }
  return best ?? { error: isTooHeavy ? TOO_HEAVY : "" };
}

const BUMP_FEES_FAILED =
  "Failed to calculate bump fees, because unconfirmed UTXOs depend on an enormous cluster of unconfirmed transactions.";

/** How much less the ancestors of all coins cost together: those in common are lifted once. */
function discountOf(coins: readonly SelectableCoin[], terms: SelectionTerms): Sats | null {
  const unconfirmed = coins.filter(({ depth }) => depth <= 0);
  if (unconfirmed.length === 0) return 0;
  const combined = terms.combinedBumpFee(unconfirmed);
  if (combined === null) return null;
  const summed = unconfirmed.reduce((sum, { bumpFee }) => sum + bumpFee, 0);
  return Math.max(0, summed - combined);
}

/** Less waste, or as little with more inputs: those are then spent while it is cheap. */
export function isBetter(
  a: { readonly selection: Selection; readonly waste: number },
  b: { readonly selection: Selection; readonly waste: number },
): boolean {
  if (a.waste !== b.waste) return a.waste < b.waste;
  return a.selection.coins.length > b.selection.coins.length;
}
