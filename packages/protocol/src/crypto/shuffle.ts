/** A whole number from 0 on, below `limit`, each as likely. */
export type RandomBelow = (limit: number) => number;

/** The same in an order drawn by lot (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: RandomBelow): T[] {
  return [...drawn(items, random)];
}

/** The same, drawn one after the other, so that who stops early pays for no more. */
export function* drawn<T>(items: readonly T[], random: RandomBelow): Generator<T> {
  const left = [...items];
  for (let count = left.length; count > 0; count--) {
    const place = random(count);
    const item = left[place] as T;
    left[place] = left[count - 1] as T;
    yield item;
  }
}
