type Compare<T> = (a: T, b: T) => number;

/** Items that are sorted at once, and items that are merged in a step. */
const RUN = 64;
const STEP = 256;

/** The items in order, in many short steps; the array is left as it is. */
export function* sortInSteps<T>(items: readonly T[], compare: Compare<T>): Generator<void, T[]> {
  let runs: T[][] = [];
  for (let from = 0; from < items.length; from += RUN) {
    runs.push(items.slice(from, from + RUN).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2)
      merged.push(yield* mergeInSteps(runs[i] as T[], runs[i + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Two sorted arrays as one, in many short steps; of equals, those of `a` come first. */
export function* mergeInSteps<T>(
  a: readonly T[],
  b: readonly T[],
  compare: Compare<T>,
): Generator<void, T[]> {
  const merged: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const takesB = i === a.length || (j < b.length && compare(b[j] as T, a[i] as T) < 0);
    merged.push((takesB ? b[j++] : a[i++]) as T);
    if (merged.length % STEP === 0) yield;
  }
  return merged;
}
