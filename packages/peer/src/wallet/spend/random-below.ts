import { randomInt } from "node:crypto";

/** Draws from the system's source: nobody can guess where change is put. */
export function randomBelow(limit: number): number {
  return limit <= 1 ? 0 : randomInt(limit);
}
