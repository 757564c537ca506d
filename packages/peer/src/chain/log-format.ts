/** Binary logarithm of an amount of work, as log lines show it. */
export function logWork(work: bigint): number {
  return Math.log2(Number(work));
}

/** "2009-01-03T18:15:05Z" */
export function formatTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
