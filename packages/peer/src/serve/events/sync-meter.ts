import type { BlockNode } from "../../chain/block-node.ts";

const SAMPLE_MS = 2000;
/** Rates are told from this far back, and only when it is at least a bit. */
const WINDOW_MS = 120_000;
const LEAST_WINDOW_MS = 10_000;
/** A time that is farther away than this is no more than a guess. */
const LONGEST_ETA = 90 * 86_400;
/** Best header of this age, in seconds: there are more to come. */
const RECENT = 86_400;
/** With more of the processor in use, it is what we wait for. */
const BUSY_SHARE = 0.85;

/** What the meter looks at. */
export interface SyncParts {
  readonly chain: {
    readonly tip: BlockNode;
    readonly bestHeader: BlockNode;
    readonly isInitialDownload: boolean;
    readonly isImporting: boolean;
    progress(node: BlockNode): number;
    diskUsage(): number;
  };
  readonly net: {
    readonly connectionCount: { readonly inbound: number; readonly outbound: number };
  };
  readonly clock: { now(): number };
  /** Bytes that are free where the blocks lie; null in memory. */
  diskFree(): number | null;
}

type SyncStage = "peers" | "headers" | "blocks" | "importing" | "ready";

/** How far the peer is, for people. */
export interface SyncJson {
  readonly [key: string]: string | number | null;
  readonly stage: SyncStage;
  readonly text: string;
  readonly height: number;
  readonly headers: number;
  readonly blocksleft: number;
  readonly progress: number;
  readonly tiptime: number;
  readonly blockrate: number | null;
  readonly txrate: number | null;
  readonly eta: number | null;
  readonly peers: number;
  readonly limit: "network" | "processor" | null;
  readonly usable: string;
  readonly diskfree: number | null;
  readonly disksize: number;
}

interface Sample {
  readonly atMs: number;
  readonly height: number;
  readonly txCount: number;
  readonly progress: number;
  /** Milliseconds of processor time, all threads. */
  readonly busyMs: number;
}

const STAGE_WORDS: Readonly<Record<SyncStage, string>> = {
  peers: "Looking for peers",
  headers: "Checking headers",
  blocks: "Downloading and checking blocks",
  importing: "Reading blocks from files",
  ready: "Up to date",
};

/** Watches how the peer comes along. It says nothing that it does not know: no rate without a while to tell it from. */
export class SyncMeter {
  readonly #parts: SyncParts;
  readonly #timer: NodeJS.Timeout;
  #samples: Sample[] = [];

  constructor(parts: SyncParts) {
    this.#parts = parts;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  progress(): SyncJson {
    const { chain, net } = this.#parts;
    const { tip, bestHeader } = chain;
    const stage = this.#stage();
    const { inbound, outbound } = net.connectionCount;
    const share = chain.progress(tip);
    const pace = stage === "ready" ? NO_PACE : this.#pace();
    return {
      stage,
      text: STAGE_WORDS[stage],
      height: tip.height,
      headers: bestHeader.height,
      blocksleft: Math.max(0, bestHeader.height - tip.height),
      // What is not done is never shown as done.
      progress: stage === "ready" ? 1 : Math.min(Math.floor(share * 10_000) / 10_000, 0.9999),
      tiptime: tip.time,
      blockrate: pace.blocks,
      txrate: pace.txs,
      eta: stage === "blocks" || stage === "importing" ? pace.eta : null,
      peers: inbound + outbound,
      limit: stage === "blocks" ? pace.limit : null,
      usable: usableWords(stage, tip),
      diskfree: this.#parts.diskFree(),
      disksize: chain.diskUsage(),
    };
  }

  #stage(): SyncStage {
    const { chain, net, clock } = this.#parts;
    const { tip, bestHeader, isInitialDownload, isImporting } = chain;
    if (isImporting) return "importing";
    const isBehind = bestHeader.height > tip.height;
    if (!isInitialDownload) return isBehind ? "blocks" : "ready";
    const { inbound, outbound } = net.connectionCount;
    if (inbound + outbound === 0) return "peers";
    if (bestHeader.time < clock.now() - RECENT) return "headers";
    return isBehind ? "blocks" : "ready";
  }

  #sample(): void {
    const { chain } = this.#parts;
    const { tip } = chain;
    const now = performance.now();
    const { user, system } = process.cpuUsage();
    const sample: Sample = {
      atMs: now,
      height: tip.height,
      txCount: tip.chainTxCount,
      progress: chain.progress(tip),
      busyMs: (user + system) / 1000,
    };
    const kept = this.#samples.filter(({ atMs }) => atMs > now - WINDOW_MS);
    // A reorganisation or a mocked clock begins anew.
    const last = kept.at(-1);
    const goesOn = last !== undefined && last.height <= sample.height;
    this.#samples = goesOn ? [...kept, sample] : [sample];
  }

  #pace(): Pace {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined) return NO_PACE;
    const seconds = (last.atMs - first.atMs) / 1000;
    if (seconds * 1000 < LEAST_WINDOW_MS || last.height === first.height) return NO_PACE;
    const gained = last.progress - first.progress;
    const eta = gained > 0 ? Math.round(((1 - last.progress) / gained) * seconds) : null;
    const busy = (last.busyMs - first.busyMs) / (last.atMs - first.atMs);
    return {
      blocks: tenths((last.height - first.height) / seconds),
      txs: tenths((last.txCount - first.txCount) / seconds),
      eta: eta === null || eta > LONGEST_ETA ? null : eta,
      limit: busy > BUSY_SHARE ? "processor" : "network",
    };
  }
}

interface Pace {
  readonly blocks: number | null;
  readonly txs: number | null;
  readonly eta: number | null;
  readonly limit: "network" | "processor" | null;
}

const NO_PACE: Pace = { blocks: null, txs: null, eta: null, limit: null };

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function usableWords(stage: SyncStage, tip: BlockNode): string {
  if (stage === "ready") return "Everything can be used.";
  const day = new Date(tip.time * 1000).toISOString().slice(0, 10);
  return `You can receive. Blocks and balances are known up to ${day}; what came later is still missing.`;
}
