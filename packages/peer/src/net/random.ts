import { randomInt } from "node:crypto";

/** A wait as long as the next event of a Poisson process takes, in milliseconds. */
export function poissonMs(meanMs: number): number {
  return -Math.log1p(-randomInt(2 ** 47) / 2 ** 47) * meanMs;
}
