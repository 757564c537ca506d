/** What a process held at a moment. */
export interface MemorySample {
  readonly minutes: number;
  readonly mebibytes: number;
}

/** Mebibytes a minute by which the samples rise, by least squares; null when they are too few to tell. */
export function memorySlope(samples: readonly MemorySample[]): number | null {
  if (samples.length < 3) return null;
  const meanX = mean(samples.map(({ minutes }) => minutes));
  const meanY = mean(samples.map(({ mebibytes }) => mebibytes));
  let above = 0;
  let below = 0;
  for (const { minutes, mebibytes } of samples) {
    above += (minutes - meanX) * (mebibytes - meanY);
    below += (minutes - meanX) ** 2;
  }
  return below === 0 ? null : above / below;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
