import { MAX_MONEY, type Sats } from "../bitcoin/amount.ts";
import { type CoinGroup, type Picked, totalAmount } from "./select-group.ts";

const MAX_TRIES = 100_000;

/**
 * Looks for the lightest groups that reach `target` with `changeTarget` to spare: when rates are high, an
 * input less is worth more than anything. A search over all sets, largest group first, that cuts what
 * cannot be lighter than the best found so far. Core: CoinGrinder.
 *
 * @param pool groups of positive amount
 */
export function selectGrinder(
  pool: readonly CoinGroup[],
  target: Sats,
  changeTarget: Sats,
  maxWeight: number,
): Picked {
  if (totalAmount(pool) < target + changeTarget || pool.length === 0) return "none";
  const groups = [...pool].sort((a, b) => b.amount - a.amount || a.weight - b.weight);
  return new Grinder(groups, target + changeTarget, maxWeight).search();
}

class Grinder {
  readonly #groups: readonly CoinGroup[];
  readonly #target: Sats;
  readonly #maxWeight: number;
  /** By position: what the groups behind it add up to, and the lightest of them. */
  readonly #amountBehind: Float64Array;
  readonly #lightestBehind: Float64Array;
  readonly #chosen: number[] = [];
  #amount = 0;
  #weight = 0;
  #next = 0;
  #best: readonly number[] = [];
  #bestAmount = MAX_MONEY;
  #bestWeight: number;
  #isTooHeavy = false;

  constructor(groups: readonly CoinGroup[], target: Sats, maxWeight: number) {
    this.#groups = groups;
    this.#target = target;
    this.#maxWeight = maxWeight;
    this.#bestWeight = maxWeight;
    this.#amountBehind = new Float64Array(groups.length);
    this.#lightestBehind = new Float64Array(groups.length);
    let [amount, lightest] = [0, Number.MAX_SAFE_INTEGER];
    for (let i = groups.length - 1; i >= 0; i--) {
      this.#amountBehind[i] = amount;
      this.#lightestBehind[i] = lightest;
      amount += this.#group(i).amount;
      lightest = Math.min(lightest, this.#group(i).weight);
    }
  }

  search(): Picked {
    for (let tries = 1; ; tries++) {
      this.#take(this.#next++);
      let step = this.#judge();
      if (tries >= MAX_TRIES) break;
      if (this.#next === this.#groups.length) step = "cut";
      if (step === "cut") this.#dropLast();
      if (step !== "explore" && !this.#shift()) break;
    }
    if (this.#best.length === 0) return this.#isTooHeavy ? "too-heavy" : "none";
    return this.#best.map((position) => this.#group(position));
  }

  /** Whether to add the next group, to go on without the last one, or without the last two. */
  #judge(): "explore" | "shift" | "cut" {
    const tail = this.#chosen[this.#chosen.length - 1] as number;
    const lightest = this.#lightestBehind[tail] as number;
    if (this.#amount + (this.#amountBehind[tail] as number) < this.#target) return "cut";
    const giveUp = this.#group(tail).weight <= lightest ? "cut" : "shift";
    if (this.#weight > this.#bestWeight) {
      if (this.#weight > this.#maxWeight) this.#isTooHeavy = true;
      return giveUp;
    }
    if (this.#amount >= this.#target) {
      this.#keepIfBetter();
      return "shift";
    }
    if (this.#best.length === 0) return "explore";
    // None behind is larger than the last one: that many more are needed at least.
    const missing = Math.ceil((this.#target - this.#amount) / this.#group(tail).amount);
    return this.#weight + lightest * missing > this.#bestWeight ? giveUp : "explore";
  }

  #keepIfBetter(): void {
    const isLighter = this.#weight < this.#bestWeight;
    if (!isLighter && this.#amount >= this.#bestAmount) return;
    this.#best = [...this.#chosen];
    this.#bestWeight = this.#weight;
    this.#bestAmount = this.#amount;
  }

  /** Goes on without the last group chosen, past its twins. False when all has been seen. */
  #shift(): boolean {
    for (;;) {
      const last = this.#chosen[this.#chosen.length - 1];
      if (last === undefined) return false;
      this.#dropLast();
      const { amount } = this.#group(last);
      this.#next = last + 1;
      while (this.#next < this.#groups.length && this.#group(this.#next).amount === amount)
        this.#next++;
      if (this.#next < this.#groups.length) return true;
    }
  }

  #take(position: number): void {
    this.#chosen.push(position);
    this.#amount += this.#group(position).amount;
    this.#weight += this.#group(position).weight;
  }

  #dropLast(): void {
    const last = this.#chosen.pop();
    if (last === undefined) return;
    this.#amount -= this.#group(last).amount;
    this.#weight -= this.#group(last).weight;
  }

  #group(position: number): CoinGroup {
    return this.#groups[position] as CoinGroup;
  }
}
