import { signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { formatBytes } from "../../format.ts";
import { peers } from "../../state/chain.ts";
import { theme } from "../../state/theme.ts";
import { type TrafficSample, trafficRates } from "./traffic-rates.ts";

const INTERVAL_MS = 2_000;
/** Ten minutes. */
const KEPT = 300;
const HEIGHT = 220;

/** Kept while the page is open, whichever page of it is shown. */
const samples = signal<readonly TrafficSample[]>([]);

/** Bytes a second, drawn as they pass. The last values stand below as text. */
export function TrafficChart(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    take();
    const timer = setInterval(take, INTERVAL_MS);
    return () => clearInterval(timer);
  }, []);
  const colours = useSignal(0);
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const look = (): void => {
      colours.value++;
    };
    system.addEventListener("change", look);
    return () => system.removeEventListener("change", look);
  }, []);
  useEffect(() => {
    const drawing = draw(box.current as HTMLDivElement);
    return () => {
      void drawing.then((stop) => stop());
    };
  }, [theme.value, colours.value]);
  const [, received, sent] = trafficRates(samples.value);
  return (
    <figure class="traffic">
      <div ref={box} class="traffic-chart" aria-hidden="true" />
      <figcaption>
        {rateText(received.at(-1))} in (full line), {rateText(sent.at(-1))} out (broken line)
      </figcaption>
    </figure>
  );
}

function rateText(rate: number | undefined): string {
  return rate === undefined ? "–" : `${formatBytes(rate)}/s`;
}

function take(): void {
  const totals = peers.peek();
  if (totals === null) return;
  const sample = {
    seconds: Date.now() / 1000,
    received: totals.bytesreceived,
    sent: totals.bytessent,
  };
  samples.value = [...samples.peek(), sample].slice(-KEPT);
}

/** Loads the chart and keeps it drawn; the returned function takes it away. */
async function draw(box: HTMLDivElement): Promise<() => void> {
  const { default: Plot } = await import("uplot");
  const plot = new Plot(optionsFor(box), trafficRates(samples.peek()), box);
  const stop = samples.subscribe((all) => plot.setData(trafficRates(all)));
  const size = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT }));
  size.observe(box);
  return () => {
    stop();
    size.disconnect();
    plot.destroy();
  };
}

function optionsFor(box: HTMLDivElement): uPlot.Options {
  const style = getComputedStyle(box);
  const ink = style.color;
  const line = style.borderTopColor;
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  return {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(1_000, high * 1.1)] } },
    axes: [
      axis,
      { ...axis, size: 80, values: (_plot, ticks) => ticks.map((tick) => formatBytes(tick)) },
    ],
    series: [
      {},
      { label: "in", stroke: style.outlineColor, width: 2, fill: "transparent" },
      { label: "out", stroke: ink, width: 2, dash: [6, 4] },
    ],
  };
}
