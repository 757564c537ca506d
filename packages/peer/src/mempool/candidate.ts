import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
import type { Arrival, MempoolEntry } from "./mempool-entry.ts";
import type { MempoolFault } from "./mempool-fault.ts";
import type { MempoolOptions } from "./mempool-options.ts";
import type { TransactionPool } from "./transaction-pool.ts";

/** What a verdict rests on besides the transaction and its coins. */
export interface AcceptContext {
  readonly pool: TransactionPool;
  readonly options: MempoolOptions;
  readonly tip: ChainPoint;
  /** Seconds since 1970. */
  readonly now: number;
  /** The mempool's sequence number. */
  readonly sequence: number;
  /** The rate that a full mempool asks for, satoshis per 1000 virtual bytes. */
  readonly minFeeRate: Sats;
  readonly delta: Sats;
  /** Of what comes back out of a block no fee is asked, and no version 3 rule applied. */
  readonly arrival: Arrival;
  readonly allowReplacement: boolean;
  /** Whether a version 3 child may push out the one its parent has. */
  readonly allowSiblingEviction: boolean;
  /** The rate is asked of the package as a whole. */
  readonly packageRates: boolean;
  /** Highest rate that the sender means to pay; null for any. */
  readonly maxFeeRate: Sats | null;
}

/** A transaction that passed all that is asked of it by itself, scripts aside. Core: Workspace. */
export interface Candidate {
  /** Knows its parents; they do not know it yet. */
  readonly entry: MempoolEntry;
  readonly coins: SpentCoins;
  /** Entries that spend the same, and a sibling it would push out. */
  readonly conflicts: ReadonlySet<MempoolEntry>;
  /** Its parents that are in the pool. */
  readonly pooledParents: ReadonlySet<MempoolEntry>;
  /** True when a conflict is no double spend but the sibling of a version 3 child. */
  readonly evictsSibling: boolean;
}

export type CandidateVerdict =
  | { readonly fault: null; readonly candidate: Candidate }
  | { readonly fault: MempoolFault };
