import type { Sats } from "../bitcoin/amount.ts";
import {
  ConfirmationStatistics,
  emptyStatistics,
  type Horizon,
  type MedianRate,
  type SavedStatistics,
} from "./confirmation-statistics.ts";

/** Which memory an estimate rests on: half of it is forgotten after 18 blocks, a day, a week. */
export type HorizonName = "short" | "medium" | "long";

const HORIZONS: { readonly [name in HorizonName]: Horizon } = {
  short: { periods: 12, decay: 0.962, scale: 1 },
  medium: { periods: 24, decay: 0.9952, scale: 2 },
  long: { periods: 42, decay: 0.99931, scale: 24 },
};

/** Transactions a block that a range of rates must have seen. */
const SUFFICIENT: { readonly [name in HorizonName]: number } = {
  short: 0.5,
  medium: 0.1,
  long: 0.1,
};

/** Share that must have been confirmed within half the target, the target, and twice the target. */
const HALF_SUCCESS = 0.6;
const SUCCESS = 0.85;
const DOUBLE_SUCCESS = 0.95;

const MIN_BUCKET_RATE = 1_000;
const MAX_BUCKET_RATE = 1e7;
const BUCKET_SPACING = 1.05;
const INFINITE_RATE = 1e99;

/** What was saved says nothing any more after so many blocks: six weeks. */
const OLDEST_HISTORY = 6 * 1_008;

/** What an estimate rests on, in Core's words (StringForFeeReason). */
export type EstimateReason =
  | "None"
  | "Half Target 60% Threshold"
  | "Target 85% Threshold"
  | "Double Target 95% Threshold"
  | "Conservative Double Target longer horizon";

/** An estimate. */
export interface SmartRate {
  /** Satoshis per 1000 virtual bytes; 0 when nothing can be said. */
  readonly rate: Sats;
  /** Blocks that it holds for. */
  readonly target: number;
  readonly reason: EstimateReason;
}

/** What outlives the process. */
export interface SavedEstimates {
  readonly bestHeight: number;
  /** First and last height that the statistics cover. */
  readonly firstHeight: number;
  readonly lastHeight: number;
  /** Upper bounds, rising. */
  readonly buckets: Float64Array;
  readonly medium: SavedStatistics;
  readonly short: SavedStatistics;
  readonly long: SavedStatistics;
}

/** A transaction as it is watched. */
interface Watched {
  readonly height: number;
  readonly bucket: number;
  readonly rate: Sats;
}

/**
 * Estimates what rate confirms within how many blocks, from what past transactions paid and how long
 * they waited. Core: CBlockPolicyEstimator.
 */
export class FeeEstimator {
  readonly #watched = new Map<string, Watched>();
  #buckets: Float64Array;
  #statistics: { readonly [name in HorizonName]: ConfirmationStatistics };
  #bestHeight = 0;
  #firstHeight = 0;
  #savedFirst = 0;
  #savedBest = 0;

  constructor() {
    this.#buckets = defaultBuckets();
    const fresh = (name: HorizonName): ConfirmationStatistics => {
      const saved = emptyStatistics(HORIZONS[name], this.#buckets.length);
      return new ConfirmationStatistics(saved, this.#buckets);
    };
    this.#statistics = { short: fresh("short"), medium: fresh("medium"), long: fresh("long") };
  }

  /** Takes over what was saved. */
  restore({
    bestHeight,
    firstHeight,
    lastHeight,
    buckets,
    short,
    medium,
    long,
  }: SavedEstimates): void {
    this.#buckets = buckets;
    this.#statistics = {
      short: new ConfirmationStatistics(short, buckets),
      medium: new ConfirmationStatistics(medium, buckets),
      long: new ConfirmationStatistics(long, buckets),
    };
    this.#bestHeight = bestHeight;
    this.#savedFirst = firstHeight;
    this.#savedBest = lastHeight;
  }

  /** What is worth saving. */
  snapshot(): SavedEstimates {
    const isOwn = this.#span > this.#savedSpan / 2;
    const { short, medium, long } = this.#statistics;
    return {
      bestHeight: this.#bestHeight,
      firstHeight: isOwn ? this.#firstHeight : this.#savedFirst,
      lastHeight: isOwn ? this.#bestHeight : this.#savedBest,
      buckets: this.#buckets,
      medium: medium.saved,
      short: short.saved,
      long: long.saved,
    };
  }

  /**
   * A transaction without unconfirmed parents came while the chain was up to date.
   *
   * @param height of the tip when it came
   * @param rate satoshis per 1000 virtual bytes
   */
  add(txidKey: string, height: number, rate: Sats): void {
    // What comes during a reorganisation says nothing.
    if (height !== this.#bestHeight || this.#watched.has(txidKey)) return;
    const bucket = this.#bucketOf(rate);
    this.#watched.set(txidKey, { height, bucket, rate });
    for (const statistics of this.#all) statistics.add(height, bucket);
  }

  /** A transaction left without being confirmed. */
  remove(txidKey: string): void {
    this.#remove(txidKey, false);
  }

  /** All that still wait count as not confirmed: for the end of a run. */
  removeAll(): void {
    for (const txidKey of [...this.#watched.keys()]) this.remove(txidKey);
  }

  /** A block came; one that is no higher than the last says nothing. */
  addBlock(height: number, txidKeys: Iterable<string>): void {
    if (height <= this.#bestHeight) return;
    this.#bestHeight = height;
    for (const statistics of this.#all) statistics.advance(height);
    let counted = 0;
    for (const txidKey of txidKeys) {
      const watched = this.#remove(txidKey, true);
      if (watched === null || watched.height >= height) continue;
      const { rate, bucket } = watched;
      for (const statistics of this.#all) statistics.record(height - watched.height, rate, bucket);
      counted++;
    }
    if (this.#firstHeight === 0 && counted > 0) this.#firstHeight = height;
  }

  /** The longest wait that a horizon tells apart, in blocks. */
  maxTarget(horizon: HorizonName): number {
    return this.#statistics[horizon].maxTarget;
  }

  /** What one horizon says. @param target 1 to `maxTarget` blocks */
  rawRate(target: number, minSuccess: number, horizon: HorizonName): RawRate {
    const statistics = this.#statistics[horizon];
    const { decay, scale } = statistics.saved;
    return { ...this.#median(horizon, target, minSuccess), decay, scale };
  }

  /**
   * The highest of what is enough for half the target, the target, and twice of it, each with a higher
   * share of success. A conservative one asks the longer horizons as well. Core: estimateSmartFee.
   */
  smartRate(target: number, conservative: boolean): SmartRate {
    if (target <= 0 || target > this.maxTarget("long")) return nothing(target);
    const usable = Math.min(Math.max(target, 2), this.#maxUsableTarget);
    if (usable <= 1) return nothing(usable);
    let rate = -1;
    let reason: EstimateReason = "Half Target 60% Threshold";
    const consider = (estimate: number, name: EstimateReason): void => {
      if (estimate <= rate) return;
      rate = estimate;
      reason = name;
    };
    consider(this.#combined(Math.floor(usable / 2), HALF_SUCCESS, true), reason);
    consider(this.#combined(usable, SUCCESS, true), "Target 85% Threshold");
    consider(
      this.#combined(2 * usable, DOUBLE_SUCCESS, !conservative),
      "Double Target 95% Threshold",
    );
    if (conservative || rate === -1)
      consider(this.#conservative(2 * usable), "Conservative Double Target longer horizon");
    return { rate: rate < 0 ? 0 : Math.round(rate), target: usable, reason };
  }

  /** The shortest horizon that reaches the target; shorter ones may lower it. Core: estimateCombinedFee. */
  #combined(target: number, minSuccess: number, asksShorter: boolean): number {
    const { short, medium, long } = this.#statistics;
    if (target < 1 || target > long.maxTarget) return -1;
    const horizon =
      target <= short.maxTarget ? "short" : target <= medium.maxTarget ? "medium" : "long";
    let estimate = this.#median(horizon, target, minSuccess).rate;
    if (!asksShorter) return estimate;
    for (const shorter of ["medium", "short"] as const) {
      const { maxTarget } = this.#statistics[shorter];
      if (target <= maxTarget) continue;
      const { rate } = this.#median(shorter, maxTarget, minSuccess);
      if (rate > 0 && (estimate === -1 || rate < estimate)) estimate = rate;
    }
    return estimate;
  }

  /** What the longer horizons say of twice the target. Core: estimateConservativeFee. */
  #conservative(target: number): number {
    const { short, medium } = this.#statistics;
    let estimate = -1;
    if (target <= short.maxTarget) estimate = this.#median("medium", target, DOUBLE_SUCCESS).rate;
    if (target <= medium.maxTarget)
      estimate = Math.max(estimate, this.#median("long", target, DOUBLE_SUCCESS).rate);
    return estimate;
  }

  #median(horizon: HorizonName, target: number, minSuccess: number): MedianRate {
    const statistics = this.#statistics[horizon];
    return statistics.median(target, SUFFICIENT[horizon], minSuccess, this.#bestHeight);
  }

  #remove(txidKey: string, isConfirmed: boolean): Watched | null {
    const watched = this.#watched.get(txidKey);
    if (watched === undefined) return null;
    this.#watched.delete(txidKey);
    const { height, bucket } = watched;
    for (const statistics of this.#all)
      statistics.remove(height, this.#bestHeight, bucket, isConfirmed);
    return watched;
  }

  /** The first bucket that reaches up to the rate. */
  #bucketOf(rate: Sats): number {
    let low = 0;
    let high = this.#buckets.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#buckets[middle] as number) < rate) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get #all(): readonly ConfirmationStatistics[] {
    const { medium, short, long } = this.#statistics;
    return [medium, short, long];
  }

  /** Half of what was seen, so that there were transactions that could have failed. */
  get #maxUsableTarget(): number {
    const half = Math.floor(Math.max(this.#span, this.#savedSpan) / 2);
    return Math.min(this.maxTarget("long"), half);
  }

  get #span(): number {
    return this.#firstHeight === 0 ? 0 : this.#bestHeight - this.#firstHeight;
  }

  get #savedSpan(): number {
    if (this.#savedFirst === 0 || this.#bestHeight - this.#savedBest > OLDEST_HISTORY) return 0;
    return this.#savedBest - this.#savedFirst;
  }
}

/** A horizon's answer and what it is made of. */
export interface RawRate extends MedianRate {
  readonly decay: number;
  readonly scale: number;
}

function nothing(target: number): SmartRate {
  return { rate: 0, target, reason: "None" };
}

function defaultBuckets(): Float64Array {
  const bounds: number[] = [];
  for (let bound = MIN_BUCKET_RATE; bound <= MAX_BUCKET_RATE; bound *= BUCKET_SPACING)
    bounds.push(bound);
  bounds.push(INFINITE_RATE);
  return Float64Array.from(bounds);
}
