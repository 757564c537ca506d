import { type Random, SYSTEM_RANDOM } from "./addresses/random-source.ts";

/** A wait as long as the next event of a Poisson process takes, in milliseconds. */
export function poissonMs(meanMs: number, random: Random = SYSTEM_RANDOM): number {
  return -Math.log1p(-random.below(2 ** 47) / 2 ** 47) * meanMs;
}
