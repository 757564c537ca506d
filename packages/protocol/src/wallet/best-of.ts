/** Place j: the best of satisfying j parts and dissatisfying the others. */
export function bestOf<T>(
  parts: readonly { readonly sat: T; readonly dsat: T }[],
  none: T,
  add: (sofar: T, next: T) => T,
  either: (a: T, b: T) => T,
): T[] {
  let best = [none];
  for (const { sat, dsat } of parts) {
    const next = [add(best[0] as T, dsat)];
    for (let j = 1; j < best.length; j++)
      next.push(either(add(best[j] as T, dsat), add(best[j - 1] as T, sat)));
    next.push(add(best.at(-1) as T, sat));
    best = next;
  }
  return best;
}
