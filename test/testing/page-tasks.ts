import type { Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** Microseconds of the clock, and of the processor. */
  readonly dur?: number;
  readonly tdur?: number;
}

interface LongestTasks {
  /** By the clock: others' work on the same machine is in it. */
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** The longest task of the page's main thread while something goes on in it. */
export async function longestTasks(
  page: Page,
  work: () => Promise<unknown>,
): Promise<LongestTasks> {
  const devtools = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  devtools.on("Tracing.dataCollected", ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]));
  });
  const ended = new Promise<void>((resolve) => {
    devtools.once("Tracing.tracingComplete", () => resolve());
  });
  await devtools.send("Tracing.start", { categories: "toplevel", transferMode: "ReportEvents" });
  await page.waitForTimeout(500); // the start of the trace is itself a long task
  events.length = 0;
  await page.evaluate("performance.mark('begin')");
  await work();
  await devtools.send("Tracing.end");
  await ended;
  await devtools.detach();
  const main = events.filter(
    ({ name, args }) => name === "thread_name" && args.name === "CrRendererMain",
  );
  const tasks = events.filter(
    ({ name, pid, tid }) =>
      name.endsWith("RunTask") && main.some((thread) => thread.pid === pid && thread.tid === tid),
  );
  if (tasks.length === 0) throw new Error("the browser tells of no task");
  const longest = (of: (event: TraceEvent) => number): number =>
    Math.round(tasks.reduce((most, event) => Math.max(most, of(event)), 0) / 1000);
  return { wallMs: longest(({ dur = 0 }) => dur), cpuMs: longest(({ tdur = 0 }) => tdur) };
}
