import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Block } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
import type { ConfirmedCoins } from "./load-coins.ts";
import type { MempoolEntry } from "./mempool-entry.ts";
import type { MempoolFault } from "./mempool-fault.ts";

/** A signal that can only be listened to. */
interface Listenable<T> {
  on(listener: (value: T) => void): () => void;
}

/** What the mempool needs of the chain; `Chain` is one. */
export interface MempoolChain {
  readonly network: Network;
  readonly tip: ChainPoint;
  readonly coins: ConfirmedCoins;
  readonly blockConnected: Listenable<{
    readonly node: { readonly height: number };
    readonly block: Block;
  }>;
  readonly blockDisconnected: Listenable<{ readonly block: Block; readonly revives: boolean }>;
  readonly tipChanged: Listenable<ChainPoint>;
  /** Runs a job while nothing is connected or disconnected. */
  exclusive<T>(job: () => Promise<T> | T): Promise<T>;
}

export interface MempoolParts {
  readonly chain: MempoolChain;
  readonly clock: { now(): number };
  readonly log: {
    info(text: string): void;
    debug(category: string, text: string): void;
    error(text: string): void;
  };
}

/** Why an entry left. Core: MemPoolRemovalReason. */
export type RemovalReason = "block" | "replaced" | "conflict" | "expiry" | "sizelimit" | "reorg";

export interface Removal {
  readonly entry: MempoolEntry;
  readonly reason: RemovalReason;
  /** The mempool's sequence number of this change. */
  readonly sequence: number;
}

export interface SubmitOptions {
  /** Only say whether it would enter. */
  readonly test?: boolean;
  /** Highest rate that the sender means to pay, satoshis per 1000 virtual bytes. */
  readonly maxFeeRate?: Sats | null;
  /** Most that the sender means to pay, satoshis. */
  readonly maxFee?: Sats;
  /** Take it as one that was here at this time (seconds since 1970). */
  readonly time?: number;
}

export interface SubmitResult {
  readonly fault: MempoolFault | null;
  /** The entry, also when it was only tested. */
  readonly entry: MempoolEntry | null;
  /** What made room for it. */
  readonly replaced: readonly MempoolEntry[];
}

/** What a block took out of the mempool. */
export interface MinedEntries {
  readonly height: number;
  readonly entries: readonly MempoolEntry[];
}

export function refusal(fault: MempoolFault): SubmitResult {
  return { fault, entry: null, replaced: [] };
}
