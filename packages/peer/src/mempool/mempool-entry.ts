import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { FeeSize } from "@compeer/protocol/policy/fee-rate";
import { linearize } from "@compeer/protocol/policy/linearize";
import { adjustedWeight, virtualSize } from "@compeer/protocol/policy/virtual-size";
import { memoryUsage } from "./memory-usage.ts";

/** How a transaction came: by itself, as one of a package, or back out of a block. */
export type Arrival = "alone" | "package" | "block";

/** Ids of a transaction, hashed once, and their keys. */
export interface EntryIds {
  readonly txid: Uint8Array;
  readonly wtxid: Uint8Array;
  readonly txidKey: string;
  readonly wtxidKey: string;
}

export function idsOf(tx: TransactionView): EntryIds {
  const txid = transactionId(tx);
  const txidKey = hashKey(txid);
  if (!tx.hasWitness) return { txid, wtxid: txid, txidKey, wtxidKey: txidKey };
  const wtxid = witnessTransactionId(tx);
  return { txid, wtxid, txidKey, wtxidKey: hashKey(wtxid) };
}

/** What is known of a transaction when it enters. */
export interface EntryFacts {
  readonly tx: TransactionView;
  readonly ids: EntryIds;
  readonly fee: Sats;
  /** What the operator adds to the fee when transactions are compared (`prioritisetransaction`). */
  readonly delta: Sats;
  readonly sigopCost: number;
  readonly bytesPerSigop: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** Height of the tip when it entered. */
  readonly height: number;
  /** The mempool's sequence number when it entered; 0 for one that came back out of a block. */
  readonly sequence: number;
  readonly arrival: Arrival;
  readonly spendsCoinbase: boolean;
}

/** A transaction in the mempool. Only the pool links and unlinks it. Core: CTxMemPoolEntry. */
export class MempoolEntry {
  readonly tx: TransactionView;
  readonly txid: Uint8Array;
  readonly wtxid: Uint8Array;
  readonly txidKey: string;
  readonly wtxidKey: string;
  readonly fee: Sats;
  readonly sigopCost: number;
  readonly weight: number;
  /** Weight with signature operations counted as bytes: what rates are computed with. */
  readonly adjustedWeight: number;
  readonly vsize: number;
  readonly time: number;
  readonly height: number;
  readonly sequence: number;
  readonly arrival: Arrival;
  readonly spendsCoinbase: boolean;
  /** Estimated bytes of memory. */
  readonly usage: number;
  readonly parents: Set<MempoolEntry> = new Set();
  readonly children: Set<MempoolEntry> = new Set();
  modifiedFee: Sats;
  cluster: Cluster;

  constructor(facts: EntryFacts) {
    this.tx = facts.tx;
    this.txid = facts.ids.txid;
    this.wtxid = facts.ids.wtxid;
    this.txidKey = facts.ids.txidKey;
    this.wtxidKey = facts.ids.wtxidKey;
    this.fee = facts.fee;
    this.modifiedFee = facts.fee + facts.delta;
    this.sigopCost = facts.sigopCost;
    this.weight = facts.tx.weight;
    this.adjustedWeight = adjustedWeight(this.weight, facts.sigopCost, facts.bytesPerSigop);
    this.vsize = virtualSize(this.adjustedWeight);
    this.time = facts.time;
    this.height = facts.height;
    this.sequence = facts.sequence;
    this.arrival = facts.arrival;
    this.spendsCoinbase = facts.spendsCoinbase;
    this.usage = memoryUsage(facts.tx);
    this.cluster = new Cluster([this]);
  }

  /** The chunk it would be mined with. */
  get chunk(): EntryChunk {
    const chunk = this.cluster.chunks.find(({ members }) => members.includes(this));
    if (chunk === undefined) throw new Error("an entry without a chunk");
    return chunk;
  }

  get ancestors(): Totals {
    return totalsOf(relatives(this, "parents"));
  }

  get descendants(): Totals {
    return totalsOf(relatives(this, "children"));
  }
}

/** Number, virtual size and modified fees of some entries. */
export interface Totals {
  readonly count: number;
  readonly vsize: number;
  readonly fees: Sats;
}

/** Entries that are best mined together, parents before children; the size is adjusted weight. */
export interface EntryChunk extends FeeSize {
  readonly members: readonly MempoolEntry[];
}

/**
 * Entries that hang together through parents and children. It never changes its members: adding and
 * removing makes new clusters. Clusters are small (64 by default), which bounds all graph work.
 */
export class Cluster {
  readonly members: readonly MempoolEntry[];
  /** True while the pool has its members, and in this cluster; the pool's to say. */
  live = false;
  #chunks: readonly EntryChunk[] | null = null;

  constructor(members: readonly MempoolEntry[]) {
    this.members = members;
  }

  get weight(): number {
    let weight = 0;
    for (const member of this.members) weight += member.adjustedWeight;
    return weight;
  }

  /** In the order in which a miner would take them, best rate first. */
  get chunks(): readonly EntryChunk[] {
    this.#chunks ??= chunksOf(this.members);
    return this.#chunks;
  }
}

/** Best mining order of entries that hang together, as chunks. */
export function chunksOf(members: readonly MempoolEntry[]): EntryChunk[] {
  const [only] = members;
  if (members.length === 1 && only !== undefined)
    return [{ fee: only.modifiedFee, size: only.adjustedWeight, members }];
  const positions = new Map(members.map((member, position) => [member, position]));
  const nodes = members.map((member) => ({
    fee: member.modifiedFee,
    size: member.adjustedWeight,
    parents: [...member.parents]
      .map((parent) => positions.get(parent))
      .filter((position) => position !== undefined),
  }));
  return linearize(nodes).map(({ fee, size, members: chosen }) => ({
    fee,
    size,
    members: chosen.map((position) => members[position] as MempoolEntry),
  }));
}

/** An entry with all that it needs ("parents") or all that needs it ("children"). */
export function relatives(
  entry: MempoolEntry,
  direction: "parents" | "children",
): Set<MempoolEntry> {
  const found = new Set([entry]);
  for (const member of found) for (const next of member[direction]) found.add(next);
  return found;
}

function totalsOf(entries: Iterable<MempoolEntry>): Totals {
  let count = 0;
  let vsize = 0;
  let fees = 0;
  for (const entry of entries) {
    count++;
    vsize += entry.vsize;
    fees += entry.modifiedFee;
  }
  return { count, vsize, fees };
}
