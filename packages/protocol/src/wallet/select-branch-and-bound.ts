import { MAX_MONEY, type Sats } from "../bitcoin/amount.ts";
import { type CoinGroup, type Picked, totalAmount } from "./select-group.ts";

/** Steps after which the best found so far has to do. */
const MAX_TRIES = 100_000;

/**
 * Looks for groups that need no change: together at least `target` and at most `target + costOfChange`,
 * with the least waste. Goes depth first through the choices to take a group or leave it, largest first,
 * and turns back where a branch cannot lead anywhere. Core: SelectCoinsBnB.
 *
 * @param pool groups of positive amount
 */
export function selectBranchAndBound(
  pool: readonly CoinGroup[],
  target: Sats,
  costOfChange: Sats,
  maxWeight: number,
): Picked {
  if (pool.length === 0 || totalAmount(pool) < target) return "none";
  const groups = [...pool].sort((a, b) => b.amount - a.amount || wasteOf(a) - wasteOf(b));
  const available = amountsFrom(groups);
  const isRateHigh = wasteOf(groups[0] as CoinGroup) > 0;
  const chosen: number[] = [];
  let [value, waste, weight, next] = [0, 0, 0, 0];
  let best: readonly number[] = [];
  let bestWaste = MAX_MONEY;
  let isTooHeavy = false;
  for (let tries = 0; tries < MAX_TRIES; tries++, next++) {
    let isDone = false;
    if (value + (available[next] as number) < target || value > target + costOfChange)
      isDone = true;
    else if (waste > bestWaste && isRateHigh) isDone = true;
    else if (weight > maxWeight) {
      isTooHeavy = true;
      isDone = true;
    } else if (value >= target) {
      const total = waste + value - target;
      if (total <= bestWaste) {
        best = [...chosen];
        bestWaste = total;
      }
      isDone = true;
    }
    if (isDone) {
      const last = chosen.pop();
      if (last === undefined) break;
      // On with the branch without it: what was passed over behind it is free again.
      next = last;
      const group = groups[last] as CoinGroup;
      value -= group.amount;
      waste -= wasteOf(group);
      weight -= group.weight;
      continue;
    }
    const group = groups[next] as CoinGroup;
    if (isTwinOfOmitted(groups, next, chosen)) continue;
    chosen.push(next);
    value += group.amount;
    waste += wasteOf(group);
    weight += group.weight;
  }
  if (best.length === 0) return isTooHeavy ? "too-heavy" : "none";
  return best.map((position) => groups[position] as CoinGroup);
}

/** At each position what the groups from there on add up to; one position more than there are groups. */
function amountsFrom(groups: readonly CoinGroup[]): Float64Array {
  const amounts = new Float64Array(groups.length + 1);
  for (let i = groups.length - 1; i >= 0; i--)
    amounts[i] = (amounts[i + 1] as number) + (groups[i] as CoinGroup).amount;
  return amounts;
}

/** What taking a group now costs more than taking it later. */
function wasteOf({ fee, longTermFee }: CoinGroup): Sats {
  return fee - longTermFee;
}

/** True when the group before is the same and was left: the branch with it has been seen. */
function isTwinOfOmitted(
  groups: readonly CoinGroup[],
  position: number,
  chosen: readonly number[],
): boolean {
  const last = chosen[chosen.length - 1];
  if (last === undefined || last === position - 1) return false;
  const [before, group] = [groups[position - 1] as CoinGroup, groups[position] as CoinGroup];
  return before.amount === group.amount && before.fee === group.fee;
}
