import type { Sats } from "../bitcoin/amount.ts";
import type { RandomBelow } from "../crypto/shuffle.ts";

/** Among so many a search finds as good as the best; more only take time. */
const MAX_SAMPLE = 2_000;

/** At most 2,000 of them: the larger half of these by amount, and others by lot. */
export function sampleLargest<T>(
  items: readonly T[],
  amountOf: (item: T) => Sats,
  random: RandomBelow,
): readonly T[] {
  if (items.length <= MAX_SAMPLE) return items;
  const amounts = new Float64Array(items.length);
  for (let i = 0; i < amounts.length; i++) amounts[i] = amountOf(items[i] as T);
  const least = amounts.slice().sort()[amounts.length - MAX_SAMPLE / 2] as number;
  const sample: T[] = [];
  const others: number[] = [];
  for (let i = 0; i < amounts.length; i++)
    if (sample.length < MAX_SAMPLE / 2 && (amounts[i] as number) >= least)
      sample.push(items[i] as T);
    else others.push(i);
  for (let i = 0; sample.length < MAX_SAMPLE; i++) {
    const place = i + random(others.length - i);
    sample.push(items[others[place] as number] as T);
    others[place] = others[i] as number;
  }
  return sample;
}
