import { randomInt } from "node:crypto";

/** Where chance comes from; tests hand in one that repeats. */
export interface Random {
  /** A whole number from 0 up to and without `limit`. */
  below(limit: number): number;
}

export const SYSTEM_RANDOM: Random = { below: (limit) => (limit <= 1 ? 0 : randomInt(limit)) };

/** A wait as long as the next event of a Poisson process takes, in milliseconds. */
export function poissonMs(meanMs: number, random: Random = SYSTEM_RANDOM): number {
  return -Math.log1p(-random.below(2 ** 47) / 2 ** 47) * meanMs;
}
