import type { Sats } from "../bitcoin/amount.ts";
import type { RandomBelow } from "../crypto/shuffle.ts";
import { drawn } from "../crypto/shuffle.ts";
import { CHANGE_LOWER } from "./select-change.ts";
import type { CoinGroup, Picked } from "./select-group.ts";

/**
 * Draws groups by lot until they reach the target and a change that is worth having; gives up the
 * smallest again when they become too heavy. Core: SelectCoinsSRD.
 *
 * @param pool groups of positive amount
 */
export function selectRandomDraw(
  pool: readonly CoinGroup[],
  target: Sats,
  changeFee: Sats,
  random: RandomBelow,
  maxWeight: number,
): Picked {
  const goal = target + CHANGE_LOWER + changeFee;
  const chosen: CoinGroup[] = [];
  let [amount, weight] = [0, 0];
  let isTooHeavy = false;
  for (const group of drawn(pool, random)) {
    chosen.push(group);
    amount += group.amount;
    weight += group.weight;
    while (weight > maxWeight && chosen.length > 0) {
      isTooHeavy = true;
      const dropped = removeSmallest(chosen);
      amount -= dropped.amount;
      weight -= dropped.weight;
    }
    if (amount >= goal && chosen.length > 0) return chosen;
  }
  return isTooHeavy ? "too-heavy" : "none";
}

function removeSmallest(groups: CoinGroup[]): CoinGroup {
  let smallest = 0;
  for (let i = 1; i < groups.length; i++)
    if ((groups[i] as CoinGroup).amount < (groups[smallest] as CoinGroup).amount) smallest = i;
  return groups.splice(smallest, 1)[0] as CoinGroup;
}
