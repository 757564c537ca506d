import type { Sats } from "../bitcoin/amount.ts";
import type { RandomBelow } from "../crypto/shuffle.ts";
import { type CoinGroup, type Picked, totalAmount, totalWeight } from "./select-group.ts";

const MAX_ROUNDS = 1_000;
/** Bounds the work in wallets of very many coins: rounds times groups. */
const MAX_STEPS = 100_000;
const MIN_ROUNDS = 10;

/**
 * The oldest way to choose: one group of exactly the target, or of the smaller ones a sum as close above
 * it as lots drawn again and again can bring, or the smallest single group above. Core: KnapsackSolver.
 */
export function selectKnapsack(
  pool: readonly CoinGroup[],
  target: Sats,
  changeTarget: Sats,
  random: RandomBelow,
  maxWeight: number,
): Picked {
  let isTooHeavy = false;
  let nextLarger: CoinGroup | null = null;
  const smaller: CoinGroup[] = [];
  for (const group of fromAnywhere(pool, random)) {
    if (group.weight > maxWeight) isTooHeavy = true;
    else if (group.amount === target) return [group];
    else if (group.amount < target + changeTarget) smaller.push(group);
    else if (nextLarger === null || group.amount < nextLarger.amount) nextLarger = group;
  }
  const total = totalAmount(smaller);
  if (total === target) {
    if (totalWeight(smaller) <= maxWeight) return smaller;
    isTooHeavy = true;
  }
  if (total < target) {
    if (nextLarger !== null) return [nextLarger];
    return isTooHeavy ? "too-heavy" : "none";
  }
  smaller.sort((a, b) => b.amount - a.amount || a.fee - a.longTermFee - (b.fee - b.longTermFee));
  let best = closestSum(smaller, total, target, random, maxWeight);
  if (best.amount !== target && total >= target + changeTarget)
    best = closestSum(smaller, total, target + changeTarget, random, maxWeight);
  const isPoor = best.amount !== target && best.amount < target + changeTarget;
  if (nextLarger !== null && (isPoor || nextLarger.amount <= best.amount)) return [nextLarger];
  const picked = smaller.filter((_, position) => best.included[position] === 1);
  if (totalWeight(picked) <= maxWeight) return picked;
  return nextLarger === null ? "too-heavy" : [nextLarger];
}

/** All groups, beginning at any: which of several equal ones is taken is left to the lot. */
function fromAnywhere(pool: readonly CoinGroup[], random: RandomBelow): readonly CoinGroup[] {
  if (pool.length < 2) return pool;
  const start = random(pool.length);
  return [...pool.slice(start), ...pool.slice(0, start)];
}

interface Sum {
  readonly included: Uint8Array;
  readonly amount: Sats;
}

/** The lowest sum found that is at least `target`. Core: ApproximateBestSubset. */
function closestSum(
  groups: readonly CoinGroup[],
  total: Sats,
  target: Sats,
  random: RandomBelow,
  maxWeight: number,
): Sum {
  const count = groups.length;
  const coin = coinFlips(random);
  const amounts = Float64Array.from(groups, (group) => group.amount);
  const weights = Float64Array.from(groups, (group) => group.weight);
  const best = new Uint8Array(count).fill(1);
  const included = new Uint8Array(count);
  const rounds = Math.min(MAX_ROUNDS, Math.max(MIN_ROUNDS, Math.ceil(MAX_STEPS / count)));
  let bestAmount = total;
  for (let round = 0; round < rounds && bestAmount !== target; round++) {
    included.fill(0);
    let [amount, weight, isReached] = [0, 0, false];
    for (let pass = 0; pass < 2 && !isReached; pass++)
      for (let i = 0; i < count; i++) {
        if (pass === 0 ? !coin() : included[i] === 1) continue;
        amount += amounts[i] as number;
        weight += weights[i] as number;
        included[i] = 1;
        if (amount < target || weight > maxWeight) continue;
        isReached = true;
        if (amount < bestAmount) {
          bestAmount = amount;
          best.set(included);
        }
        amount -= amounts[i] as number;
        weight -= weights[i] as number;
        included[i] = 0;
      }
  }
  return { included: best, amount: bestAmount };
}

/** Fast flips out of one draw (xorshift32): they only keep the search from being the same every time. */
function coinFlips(random: RandomBelow): () => boolean {
  let state = random(0xffffffff) + 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state & 1) === 1;
  };
}
