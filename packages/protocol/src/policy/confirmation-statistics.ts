/** What is remembered of a range of fee rates. Core: EstimatorBucket. */
export interface RateRange {
  /** Rates above it, up to `end`; -1 when there is no such range. */
  start: number;
  end: number;
  withinTarget: number;
  totalConfirmed: number;
  inMempool: number;
  leftMempool: number;
}

/** A rate that was enough, and what it rests on. Core: EstimationResult. */
export interface MedianRate {
  /** Satoshis per 1000 virtual bytes; -1 when nothing is known. */
  readonly rate: number;
  readonly pass: RateRange;
  readonly fail: RateRange;
}

/** What outlives the process. */
export interface SavedStatistics {
  readonly decay: number;
  readonly scale: number;
  readonly rateSums: Float64Array;
  readonly counts: Float64Array;
  /** By period, then by bucket. */
  readonly confirmed: readonly Float64Array[];
  readonly failed: readonly Float64Array[];
}

/** How far and how fast statistics forget. */
export interface Horizon {
  readonly periods: number;
  /** What is left of the past with each block. */
  readonly decay: number;
  /** Blocks in a period. */
  readonly scale: number;
}

/** Statistics of a horizon that has seen nothing yet. */
export function emptyStatistics(
  { periods, decay, scale }: Horizon,
  bucketCount: number,
): SavedStatistics {
  const empty = (): Float64Array => new Float64Array(bucketCount);
  return {
    decay,
    scale,
    rateSums: empty(),
    counts: empty(),
    confirmed: Array.from({ length: periods }, empty),
    failed: Array.from({ length: periods }, empty),
  };
}

/**
 * How long transactions of which fee rate took to be confirmed, as averages that decay with each
 * block. The unconfirmed are counted by the block they came in, in a ring. Core: TxConfirmStats.
 */
export class ConfirmationStatistics {
  readonly saved: SavedStatistics;
  /** Upper bounds, rising. */
  readonly #buckets: Float64Array;
  /** By height modulo the longest target, then by bucket. */
  readonly #unconfirmed: readonly Int32Array[];
  /** Those that wait longer than that. */
  readonly #old: Int32Array;
  #isEmpty: boolean;

  constructor(saved: SavedStatistics, buckets: Float64Array) {
    this.saved = saved;
    this.#buckets = buckets;
    this.#unconfirmed = Array.from(
      { length: this.maxTarget },
      () => new Int32Array(buckets.length),
    );
    this.#old = new Int32Array(buckets.length);
    this.#isEmpty = isZero(saved);
  }

  /** The longest wait that is told apart, in blocks. */
  get maxTarget(): number {
    return this.saved.scale * this.saved.confirmed.length;
  }

  /** A transaction came when the tip was at this height. */
  add(height: number, bucket: number): void {
    const row = this.#unconfirmed[height % this.#unconfirmed.length] as Int32Array;
    row[bucket] = (row[bucket] as number) + 1;
  }

  /** It is gone, into a block or not. */
  remove(height: number, bestHeight: number, bucket: number, isConfirmed: boolean): void {
    const age = bestHeight === 0 ? 0 : bestHeight - height;
    if (age < 0) return;
    const row =
      age >= this.#unconfirmed.length
        ? this.#old
        : (this.#unconfirmed[height % this.#unconfirmed.length] as Int32Array);
    const count = row[bucket] as number;
    if (count > 0) row[bucket] = count - 1;
    const { scale, failed } = this.saved;
    if (isConfirmed || age < scale) return;
    const periods = Math.min(Math.floor(age / scale), failed.length);
    for (let period = 0; period < periods; period++) increase(failed[period], bucket, 1);
    this.#isEmpty = false;
  }

  /** Makes room for the transactions that come at this height, and lets the past fade. */
  advance(height: number): void {
    const row = this.#unconfirmed[height % this.#unconfirmed.length] as Int32Array;
    for (let bucket = 0; bucket < row.length; bucket++)
      this.#old[bucket] = (this.#old[bucket] as number) + (row[bucket] as number);
    row.fill(0);
    if (this.#isEmpty) return;
    const { decay, rateSums, counts, confirmed, failed } = this.saved;
    for (const list of [...confirmed, ...failed, rateSums, counts])
      for (let bucket = 0; bucket < list.length; bucket++)
        list[bucket] = (list[bucket] as number) * decay;
  }

  /** A transaction was confirmed after `blocks` blocks, 1 at least. */
  record(blocks: number, rate: number, bucket: number): void {
    const { scale, confirmed, counts, rateSums } = this.saved;
    const first = Math.floor((blocks + scale - 1) / scale);
    for (let period = first; period <= confirmed.length; period++)
      increase(confirmed[period - 1], bucket, 1);
    increase(counts, bucket, 1);
    increase(rateSums, bucket, rate);
    this.#isEmpty = false;
  }

  /**
   * The lowest range of rates of which enough was confirmed in time, and its median. Ranges are joined
   * until they hold enough transactions to say anything. Core: EstimateMedianVal.
   *
   * @param target blocks
   * @param sufficient transactions a block that a range must have seen
   * @param minSuccess share of them that must have been confirmed in time
   */
  median(target: number, sufficient: number, minSuccess: number, bestHeight: number): MedianRate {
    const { saved } = this;
    const last = this.#buckets.length - 1;
    const period = Math.floor((target + saved.scale - 1) / saved.scale) - 1;
    const confirmed = saved.confirmed[period] as Float64Array;
    const failed = saved.failed[period] as Float64Array;
    const enough = sufficient / (1 - saved.decay);
    const pass = noRange();
    let fail = noRange();
    let sum = noRange();
    let partial = 0;
    let near = last;
    let best: { readonly near: number; readonly far: number } | null = null;
    let passing = true;
    let isNew = true;
    for (let bucket = last; bucket >= 0; bucket--) {
      if (isNew) near = bucket;
      isNew = false;
      sum.withinTarget += confirmed[bucket] as number;
      partial += saved.counts[bucket] as number;
      sum.totalConfirmed += saved.counts[bucket] as number;
      sum.leftMempool += failed[bucket] as number;
      sum.inMempool += this.#waiting(bucket, target, bestHeight);
      if (partial < enough) continue;
      partial = 0;
      const share = sum.withinTarget / (sum.totalConfirmed + sum.leftMempool + sum.inMempool);
      if (share < minSuccess) {
        if (passing) fail = this.#range(sum, bucket, near);
        passing = false;
        continue;
      }
      fail = noRange();
      passing = true;
      Object.assign(pass, sum);
      sum = noRange();
      best = { near, far: bucket };
      isNew = true;
    }
    if (passing && !isNew) fail = this.#range(sum, 0, near);
    const rate = best === null ? -1 : this.#medianOf(best.far, best.near, pass);
    return { rate, pass, fail };
  }

  /** Transactions that have waited for `target` blocks or longer. */
  #waiting(bucket: number, target: number, bestHeight: number): number {
    const bins = this.#unconfirmed.length;
    let count = this.#old[bucket] as number;
    // Heights below zero wrap as 32-bit numbers, as in Core.
    for (let age = target; age < bins; age++)
      count += (this.#unconfirmed[((bestHeight - age) >>> 0) % bins] as Int32Array)[
        bucket
      ] as number;
    return count;
  }

  #medianOf(low: number, high: number, pass: RateRange): number {
    const { counts, rateSums } = this.saved;
    let half = 0;
    for (let bucket = low; bucket <= high; bucket++) half += counts[bucket] as number;
    if (half === 0) return -1;
    half /= 2;
    pass.start = this.#lowerBound(low);
    pass.end = this.#buckets[high] as number;
    for (let bucket = low; bucket <= high; bucket++) {
      const count = counts[bucket] as number;
      if (count >= half) return (rateSums[bucket] as number) / count;
      half -= count;
    }
    return -1;
  }

  #range(sum: RateRange, low: number, high: number): RateRange {
    return { ...sum, start: this.#lowerBound(low), end: this.#buckets[high] as number };
  }

  #lowerBound(bucket: number): number {
    return bucket === 0 ? 0 : (this.#buckets[bucket - 1] as number);
  }
}

function noRange(): RateRange {
  return {
    start: -1,
    end: -1,
    withinTarget: 0,
    totalConfirmed: 0,
    inMempool: 0,
    leftMempool: 0,
  };
}

function increase(list: Float64Array | undefined, at: number, by: number): void {
  if (list !== undefined) list[at] = (list[at] as number) + by;
}

function isZero({ rateSums, counts, confirmed, failed }: SavedStatistics): boolean {
  for (const list of [rateSums, counts, ...confirmed, ...failed])
    for (let i = 0; i < list.length; i++) if (list[i] !== 0) return false;
  return true;
}
