/** From blue over green to yellow, as viridis does: readable for those who do not tell red from green. */
const STOPS: readonly (readonly [number, number, number])[] = [
  [94, 84, 168],
  [70, 110, 168],
  [45, 138, 152],
  [42, 163, 133],
  [88, 186, 105],
  [156, 200, 66],
  [222, 196, 40],
];

/** Doublings of the feerate from the first stop to the last: 1 to 256 sat/vB. */
const DOUBLINGS = 8;

/** The colour of a feerate in sat/vB, on a scale of doublings. */
export function feerateColour(rate: number): string {
  const place = Math.log2(Math.max(rate, 1)) / DOUBLINGS;
  const at = Math.min(0.9999, Math.max(0, place)) * (STOPS.length - 1);
  const from = STOPS[Math.floor(at)] as readonly [number, number, number];
  const to = STOPS[Math.floor(at) + 1] as readonly [number, number, number];
  const part = at % 1;
  const channel = (index: 0 | 1 | 2): number =>
    Math.round(from[index] + (to[index] - from[index]) * part);
  return `rgb(${channel(0)} ${channel(1)} ${channel(2)})`;
}
