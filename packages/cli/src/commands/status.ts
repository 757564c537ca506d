import { setTimeout as sleep } from "node:timers/promises";
import { resultOf } from "@compeer/protocol/rpc/client";
import type { Json } from "@compeer/protocol/rpc/json";
import { askAll, at, numberAt, textAt } from "../connect/ask.ts";
import type { Session } from "../connect/session.ts";

const WATCH_EVERY_MS = 2000;
/** Rate and remaining time are told from this far back, and only when it is at least a bit. */
const WINDOW_MS = 60_000;
const LEAST_WINDOW_MS = 8000;

interface Sample {
  readonly atMs: number;
  readonly height: number;
  readonly progress: number;
}

/** One line on how far the peer is. */
export async function status(session: Session): Promise<string> {
  return statusLine(await ask(session), []);
}

/** A line every two seconds, until the process is interrupted. */
export async function watchStatus(session: Session): Promise<never> {
  let samples: Sample[] = [];
  for (;;) {
    const answers = await ask(session);
    const now = performance.now();
    samples = [...samples.filter(({ atMs }) => atMs > now - WINDOW_MS), sample(answers.chain, now)];
    const line = statusLine(answers, samples);
    process.stdout.write(process.stdout.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    await sleep(WATCH_EVERY_MS);
  }
}

interface Answers {
  readonly chain: Json;
  readonly network: Json;
  readonly mempool: Json;
}

async function ask(session: Session): Promise<Answers> {
  const methods = ["getblockchaininfo", "getnetworkinfo", "getmempoolinfo"];
  const [chain = null, network = null, mempool = null] = await askAll(session, methods);
  return { chain: resultOf(chain), network: at(network, "result"), mempool: at(mempool, "result") };
}

function sample(chain: Json, atMs: number): Sample {
  const progress = numberAt(chain, "verificationprogress");
  return { atMs, height: numberAt(chain, "blocks"), progress };
}

/** What is known, and nothing that is not: no rate without a while to tell it from, no time without a rate. */
export function statusLine(
  { chain, network, mempool }: Answers,
  samples: readonly Sample[],
): string {
  const progress = numberAt(chain, "verificationprogress");
  const syncing = at(chain, "initialblockdownload") === true;
  const parts = [
    textAt(chain, "chain"),
    `block ${textAt(chain, "blocks")} of ${textAt(chain, "headers")}`,
    `${(Math.floor(Math.min(progress, 1) * 10_000) / 100).toFixed(2)} %`,
    ...(syncing ? ["syncing"] : []),
    ...pace(samples),
  ];
  if (network !== null)
    parts.push(
      `peers ${textAt(network, "connections")} (${textAt(network, "connections_out")} out)`,
    );
  if (mempool !== null) parts.push(`mempool ${textAt(mempool, "size")}`);
  return parts.join(" · ");
}

function pace(samples: readonly Sample[]): string[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return [];
  const ms = last.atMs - first.atMs;
  if (ms < LEAST_WINDOW_MS || last.height <= first.height) return [];
  const rate = `${(((last.height - first.height) * 1000) / ms).toFixed(1)} blocks/s`;
  const gained = last.progress - first.progress;
  if (gained <= 0 || last.progress >= 1) return [rate];
  return [rate, `about ${formatDuration(((1 - last.progress) / gained) * (ms / 1000))} left`];
}

function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} days`;
}
