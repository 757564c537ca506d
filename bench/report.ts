/** A line of a bench's report. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The middle one, of an even number the upper of both. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
