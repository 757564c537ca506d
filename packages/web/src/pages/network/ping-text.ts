/** A ping of so many seconds in milliseconds. */
export function pingText(seconds: number | undefined): string {
  if (seconds === undefined) return "–";
  const ms = seconds * 1000;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)}\u00a0ms`;
}
