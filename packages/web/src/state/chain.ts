import { type Signal, signal } from "@preact/signals";
import { onTopic } from "../live.ts";

/** The last block of the active chain, and how the chain got there. */
export interface Tip {
  readonly height: number;
  readonly hash: string;
  readonly time: number;
  readonly mediantime: number;
  readonly bits: string;
  readonly difficulty: number;
  readonly txcount: number;
  readonly previous: string | null;
  readonly headers: number;
  /** Blocks taken back by this step. */
  readonly reorg: number;
  /** Height of the last common block of a reorganisation. */
  readonly fork: number | null;
  readonly ibd: boolean;
  readonly progress: number;
}

/** A block as the peer would build it now. Amounts in satoshis, rates in sat/vB. */
export interface ProjectedBlock {
  readonly weight: number;
  readonly vsize: number;
  readonly fees: number;
  readonly txcount: number;
  readonly minrate: number;
  readonly medianrate: number;
  readonly maxrate: number;
}

export interface MempoolState {
  readonly size: number;
  readonly vsize: number;
  readonly usage: number;
  readonly maxusage: number;
  readonly fees: number;
  readonly minrate: number;
  readonly loaded: boolean;
  readonly sequence: number;
  readonly added: number;
  readonly removed: number;
  readonly inflow: number;
  readonly blocks: readonly ProjectedBlock[];
}

/** Feerates in sat/vB that reach the next 1, 2, 3 and 6 projected blocks. */
export interface Fees {
  readonly minimum: number;
  readonly next1: number;
  readonly next2: number;
  readonly next3: number;
  readonly next6: number;
}

export interface PeersState {
  readonly inbound: number;
  readonly outbound: number;
  readonly total: number;
  readonly active: boolean;
  readonly bytessent: number;
  readonly bytesreceived: number;
  readonly change: number;
}

export interface SyncState {
  readonly stage: "starting" | "peers" | "headers" | "blocks" | "ready" | "importing";
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

export interface MiningState {
  readonly on: boolean;
  readonly interval: number;
  readonly to: string;
  readonly available: boolean;
  readonly last: string | null;
  readonly found: number;
  readonly error: string | null;
}

/** What the peer last said of each; null until it spoke. */
export const tip: Signal<Tip | null> = signal(null);
export const mempool: Signal<MempoolState | null> = signal(null);
export const fees: Signal<Fees | null> = signal(null);
export const peers: Signal<PeersState | null> = signal(null);
export const sync: Signal<SyncState | null> = signal(null);
export const mining: Signal<MiningState | null> = signal(null);

/** The last reorganisation that this page saw; null when there was none. */
export const reorganisation: Signal<Tip | null> = signal(null);

/** Keeps these signals at what the stream says. */
export function followChain(): void {
  onTopic("tip", (data) => {
    tip.value = data as Tip;
    if (tip.value.reorg > 0) reorganisation.value = tip.value;
  });
  onTopic("mempool", (data) => {
    mempool.value = data as MempoolState;
  });
  onTopic("fees", (data) => {
    fees.value = data as Fees;
  });
  onTopic("peers", (data) => {
    peers.value = data as PeersState;
  });
  onTopic("sync", (data) => {
    sync.value = data as SyncState;
  });
  onTopic("mining", (data) => {
    mining.value = data as MiningState;
  });
}
