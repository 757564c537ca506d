import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { compareRates, type FeeSize, feeAt } from "@compeer/protocol/policy/fee-rate";
import type { Mempool } from "../../mempool/mempool.ts";
import type { MempoolEntry } from "../../mempool/mempool-entry.ts";

/** Entries that are looked at for one question at most. Core: CTxMemPool::GatherClusters. */
const MAX_ENTRIES = 500;

/**
 * What it costs to lift the unconfirmed transactions that `outpoints` come from to `rate`, each by
 * itself, by outpoint key. Null when too many hang together. Core: calculateIndividualBumpFees.
 */
export function individualBumpFees(
  mempool: Mempool,
  outpoints: readonly OutPoint[],
  rate: Sats,
): ReadonlyMap<string, Sats> | null {
  const fees = new Map<string, Sats>();
  const requested = requestedEntries(mempool, outpoints);
  if (requested === null) return null;
  const waiting = entriesLeft(requested, rate);
  for (const [entry, keys] of requested.byEntry) {
    const ancestors = waiting.has(entry) ? ancestorsWithin(entry, waiting) : [];
    const together = totalOf(ancestors);
    const lifted = feeAt(rate, together.size) - together.fee;
    const alone = feeAt(rate, entry.vsize) - entry.modifiedFee;
    const fee = ancestors.length === 0 ? 0 : Math.max(lifted, alone, 0);
    for (const key of keys) fees.set(key, fee);
  }
  return fees;
}

/**
 * What it costs to lift them all together: an ancestor that several have in common counts once. Null when
 * too many hang together. Core: calculateCombinedBumpFee.
 */
export function combinedBumpFee(
  mempool: Mempool,
  outpoints: readonly OutPoint[],
  rate: Sats,
): Sats | null {
  const requested = requestedEntries(mempool, outpoints);
  if (requested === null) return null;
  const waiting = entriesLeft(requested, rate);
  const ancestors = new Set<MempoolEntry>();
  for (const entry of requested.byEntry.keys())
    if (waiting.has(entry)) for (const each of ancestorsWithin(entry, waiting)) ancestors.add(each);
  const together = totalOf([...ancestors]);
  return Math.max(0, feeAt(rate, together.size) - together.fee);
}

interface Requested {
  /** The entries that the outpoints come from, with the keys of these. */
  readonly byEntry: ReadonlyMap<MempoolEntry, readonly string[]>;
  /** All of their clusters but what would be replaced. */
  readonly members: ReadonlySet<MempoolEntry>;
}

function requestedEntries(mempool: Mempool, outpoints: readonly OutPoint[]): Requested | null {
  const byEntry = new Map<MempoolEntry, string[]>();
  const replaced = new Set<MempoolEntry>();
  const members = new Set<MempoolEntry>();
  for (const { txid, index } of outpoints) {
    const entry = mempool.get(hashKey(txid));
    if (entry === undefined) continue;
    const keys = byEntry.get(entry) ?? [];
    byEntry.set(entry, keys);
    keys.push(outpointKey(txid, index));
    for (const member of entry.cluster.members) members.add(member);
    if (members.size > MAX_ENTRIES) return null;
    const spender = mempool.isSpent(txid, index);
    if (spender === undefined) continue;
    replaced.add(spender);
    for (const each of mempool.descendants(spender)) replaced.add(each);
  }
  for (const entry of replaced) {
    members.delete(entry);
    byEntry.delete(entry);
  }
  return { byEntry, members };
}

/** What a block of everything that pays `rate`, with its ancestors, would leave. Core: MiniMiner. */
function entriesLeft({ members }: Requested, rate: Sats): ReadonlySet<MempoolEntry> {
  const left = new Set(members);
  for (;;) {
    let best: { readonly score: FeeSize; readonly ancestors: readonly MempoolEntry[] } | null =
      null;
    for (const entry of left) {
      const ancestors = ancestorsWithin(entry, left);
      const together = totalOf(ancestors);
      const alone = { fee: entry.modifiedFee, size: entry.vsize };
      const score = compareRates(together, alone) < 0 ? together : alone;
      if (best === null || compareRates(score, best.score) > 0) best = { score, ancestors };
    }
    if (best === null) return left;
    const together = totalOf(best.ancestors);
    if (together.fee < feeAt(rate, together.size)) return left;
    for (const each of best.ancestors) left.delete(each);
  }
}

/** An entry and what it needs, as far as it is among `members`. */
function ancestorsWithin(
  entry: MempoolEntry,
  members: ReadonlySet<MempoolEntry>,
): readonly MempoolEntry[] {
  const found = new Set([entry]);
  for (const each of found)
    for (const parent of each.parents) if (members.has(parent)) found.add(parent);
  return [...found];
}

function totalOf(entries: readonly MempoolEntry[]): FeeSize {
  let [fee, size] = [0, 0];
  for (const entry of entries) {
    fee += entry.modifiedFee;
    size += entry.vsize;
  }
  return { fee, size };
}
