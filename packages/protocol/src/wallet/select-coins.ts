import type { Sats } from "../bitcoin/amount.ts";
import { shuffled } from "../crypto/shuffle.ts";
import {
  type GroupPool,
  isBetter,
  type SelectionTerms,
  type SelectionVerdict,
  selectBest,
} from "./select-best.ts";
import { type CoinKind, effectiveValue, type SelectableCoin } from "./select-coin.ts";
import {
  type Eligibility,
  filterGroups,
  isEligible,
  joinPools,
  type KindGroup,
  MAX_GROUP_SIZE,
  makeGroups,
} from "./select-pools.ts";
import { type Selection, selectionWaste } from "./select-result.ts";

/** A child of an unconfirmed transaction of version 3 may weigh no more (BIP431). */
const TRUC_VERSION = 3;
const TRUC_CHILD_MAX_WEIGHT = 4_000;

/** What may be taken, over what it is taken for. */
export interface SelectionRules extends SelectionTerms {
  readonly version: number;
  /** False: only what was selected by hand may be spent. */
  readonly allowOthers: boolean;
  readonly avoidPartialSpends: boolean;
  readonly includeUnsafe: boolean;
  readonly spendUnconfirmedChange: boolean;
  /** Transactions that may hang together in the mempool. */
  readonly maxAncestors: number;
  readonly maxDescendants: number;
  readonly rejectLongChains: boolean;
}

/**
 * Coins for `target`: those selected by hand, and as many others as it takes. Confirmed ones are tried
 * first, then our own unconfirmed change, each time with one kind of input if that will do. Core: SelectCoins.
 */
export function selectCoins(
  preselected: readonly SelectableCoin[],
  available: readonly SelectableCoin[],
  target: Sats,
  rules: SelectionRules,
): SelectionVerdict {
  const manual = manualSelection(preselected, target, rules);
  const given = worth(preselected, rules.subtractFee);
  if (!rules.allowOthers && target > given) return { error: PRESELECTED_TOO_LITTLE };
  if (target <= given) return { selection: manual, waste: selectionWaste(manual, rules) };
  const missing = target - given;
  if (missing > worth(available, rules.subtractFee)) return { error: "" };
  const verdict = selectAutomatically(available, missing, rules);
  if ("error" in verdict || preselected.length === 0) return verdict;
  return merged(verdict.selection, preselected, given, rules);
}

const PRESELECTED_TOO_LITTLE =
  "The preselected coins total amount does not cover the transaction target. Please allow other inputs to be automatically selected or include more coins manually";
const TOGETHER_TOO_HEAVY =
  "The combination of the pre-selected inputs and the wallet automatic inputs selection exceeds the transaction maximum weight. Please try sending a smaller amount or manually consolidating your wallet's UTXOs";
const CHAIN_TOO_LONG =
  "Unconfirmed UTXOs are available, but spending them creates a chain of transactions that will be rejected by the mempool";

function worth(coins: readonly SelectableCoin[], subtractFee: boolean): Sats {
  let total = 0;
  for (const coin of coins) total += subtractFee ? coin.value : effectiveValue(coin);
  return total;
}

function manualSelection(
  coins: readonly SelectableCoin[],
  target: Sats,
  { subtractFee }: SelectionRules,
): Selection {
  return { algorithm: "manual", coins, target, subtractFee, bumpDiscount: 0 };
}

function merged(
  selection: Selection,
  preselected: readonly SelectableCoin[],
  given: Sats,
  rules: SelectionRules,
): SelectionVerdict {
  const coins = [...preselected, ...selection.coins];
  const together: Selection = { ...selection, coins, target: selection.target + given };
  const weight = coins.reduce((sum, { inputSize }) => sum + Math.max(0, inputSize) * 4, 0);
  if (weight > rules.maxWeight - rules.baseSize * 4) return { error: TOGETHER_TOO_HEAVY };
  return { selection: together, waste: selectionWaste(together, rules) };
}

/** Core: AutomaticCoinSelection. */
function selectAutomatically(
  available: readonly SelectableCoin[],
  target: Sats,
  rules: SelectionRules,
): SelectionVerdict {
  const { avoidPartialSpends, subtractFee, random } = rules;
  // Which coins of an address with many are taken together should not tell their age.
  const coins =
    avoidPartialSpends && available.length > MAX_GROUP_SIZE
      ? shuffled(available, random)
      : available;
  const groups = makeGroups(coins, avoidPartialSpends, subtractFee);
  const filters = filtersOf(rules);
  const shortage = checkEnough(groups, available, filters, target, rules);
  if (shortage !== null) return { error: shortage };
  let terms: SelectionTerms = rules;
  let firstError = "";
  for (const [position, filter] of filters.entries()) {
    const unconfirmed = filter.confirmedMine === 0 || filter.confirmedTheirs === 0;
    if (rules.version === TRUC_VERSION && unconfirmed)
      terms = { ...rules, maxWeight: Math.min(rules.maxWeight, TRUC_CHILD_MAX_WEIGHT) };
    const verdict = attempt(filterGroups(groups, filter), target, terms, position > 0);
    if (!("error" in verdict)) return verdict;
    firstError ||= verdict.error;
  }
  return { error: firstError };
}

/** From strict to lax: six confirmations, one, our own change, long chains, what is not safe. */
function filtersOf(rules: SelectionRules): Eligibility[] {
  const { maxAncestors, maxDescendants } = rules;
  const filters = [filter(1, 6, 0, 0), filter(1, 1, 0, 0)];
  if (!rules.spendUnconfirmedChange) return filters;
  const most = (divisor: number, count: number) => Math.min(4, Math.floor(count / divisor));
  filters.push(
    filter(0, 1, 2, 2),
    filter(0, 1, most(3, maxAncestors), most(3, maxDescendants)),
    filter(0, 1, Math.floor(maxAncestors / 2), Math.floor(maxDescendants / 2)),
    filter(0, 1, maxAncestors - 1, maxDescendants - 1, true),
  );
  if (rules.includeUnsafe) filters.push(filter(0, 0, maxAncestors - 1, maxDescendants - 1, true));
  if (!rules.rejectLongChains)
    filters.push(filter(0, 1, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, true));
  return filters;
}

function filter(
  confirmedMine: number,
  confirmedTheirs: number,
  maxAncestors: number,
  maxDescendants: number,
  partialGroups = false,
): Eligibility {
  return { confirmedMine, confirmedTheirs, maxAncestors, maxDescendants, partialGroups };
}

/** Null when what some filter lets through would do. */
function checkEnough(
  groups: readonly KindGroup[],
  available: readonly SelectableCoin[],
  filters: readonly Eligibility[],
  target: Sats,
  rules: SelectionRules,
): string | null {
  let [discarded, inLongChains] = [0, 0];
  for (const { group, isPartial, pool } of groups) {
    if (pool === "positive") continue;
    const passes = filters.some(
      (each) => isEligible(group, each) && (!isPartial || each.partialGroups),
    );
    if (passes) continue;
    discarded += group.amount;
    if (group.ancestors >= rules.maxAncestors || group.descendants >= rules.maxDescendants)
      inLongChains += group.amount;
  }
  const total = available.reduce((sum, { value }) => sum + value, 0) - discarded;
  if (total >= target) return null;
  return total + inLongChains > target ? CHAIN_TOO_LONG : "";
}

/** Each kind of input by itself; all together only where that fails. Core: AttemptSelection. */
function attempt(
  kinds: ReadonlyMap<CoinKind, GroupPool>,
  target: Sats,
  terms: SelectionTerms,
  allowMixed: boolean,
): SelectionVerdict {
  let best: { readonly selection: Selection; readonly waste: number } | null = null;
  for (const pool of kinds.values()) {
    const verdict = selectBest(pool, target, terms);
    if (!("error" in verdict)) {
      if (best === null || isBetter(verdict, best)) best = verdict;
    } else if (verdict.error !== "") return verdict;
  }
  if (best !== null) return best;
  if (allowMixed && kinds.size > 1) return selectBest(joinPools(kinds.values()), target, terms);
  return { error: "" };
}
