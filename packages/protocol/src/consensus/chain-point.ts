/** What the rules need to know of a block's ancestor: a header in its chain. */
export interface ChainPoint {
  /** Wire order. */
  readonly hash: Uint8Array;
  readonly height: number;
  /** Signed 32 bits. */
  readonly version: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly bits: number;
  /** Null for the first block. */
  readonly parent: ChainPoint | null;
  /** Median of the times of this header and its ten ancestors (BIP113). */
  readonly medianTimePast: number;
  /** The ancestor at `height`, this one included; null when above it or below 0. */
  ancestor(height: number): ChainPoint | null;
}

/** Headers whose times make the median (BIP113). */
const MEDIAN_SPAN = 11;

/** Median of `time` and the times of at most ten ancestors. Core: CBlockIndex::GetMedianTimePast. */
export function medianTimePast(time: number, parent: ChainPoint | null): number {
  const times = [time];
  for (let at = parent; at !== null && times.length < MEDIAN_SPAN; at = at.parent)
    times.push(at.time);
  times.sort((a, b) => a - b);
  return times[times.length >> 1] as number;
}
