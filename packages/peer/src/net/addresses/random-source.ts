import { randomInt } from "node:crypto";

/** Where chance comes from; tests hand in one that repeats. */
export interface Random {
  /** A whole number from 0 up to and without `limit`. */
  below(limit: number): number;
}

export const SYSTEM_RANDOM: Random = { below: (limit) => (limit <= 1 ? 0 : randomInt(limit)) };

/** The elements in a random order. */
export function shuffled<T>(random: Random, elements: readonly T[]): T[] {
  const mixed = [...elements];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = mixed[i] as T;
    mixed[i] = mixed[j] as T;
    mixed[j] = kept;
  }
  return mixed;
}
