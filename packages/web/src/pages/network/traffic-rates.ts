/** Totals at a moment, as the peer says them. */
export interface TrafficSample {
  readonly seconds: number;
  readonly received: number;
  readonly sent: number;
}

/** Columns of a chart: times, and bytes a second in and out between a sample and the one before. */
export function trafficRates(
  samples: readonly TrafficSample[],
): [seconds: number[], received: number[], sent: number[]] {
  const seconds: number[] = [];
  const received: number[] = [];
  const sent: number[] = [];
  for (let at = 1; at < samples.length; at++) {
    const before = samples[at - 1] as TrafficSample;
    const sample = samples[at] as TrafficSample;
    const span = sample.seconds - before.seconds;
    if (span <= 0) continue;
    seconds.push(sample.seconds);
    received.push(Math.max(0, sample.received - before.received) / span);
    sent.push(Math.max(0, sample.sent - before.sent) / span);
  }
  return [seconds, received, sent];
}
