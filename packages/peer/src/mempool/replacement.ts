import { formatHash } from "@compeer/protocol/bytes/hash";
import { compareDiagrams } from "@compeer/protocol/policy/fee-diagram";
import { compareRates, type FeeSize } from "@compeer/protocol/policy/fee-rate";
import { MAX_REPLACED_CLUSTERS, type PolicyOptions } from "@compeer/protocol/policy/limits";
import { checkReplacementFees } from "@compeer/protocol/policy/replacement";
import { type Cluster, chunksOf, type MempoolEntry } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";

/** A candidate and what it would push out. */
export interface Replacement {
  /** Knows its parents; they do not know it yet. */
  readonly entry: MempoolEntry;
  readonly conflicts: ReadonlySet<MempoolEntry>;
  /** The conflicts with all their descendants. */
  readonly removed: ReadonlySet<MempoolEntry>;
  /** True when a conflict is no double spend but the sibling of a version 3 child. */
  readonly evictsSibling: boolean;
}

/**
 * Whether a candidate pays enough to take the place of its conflicts; anyone's may be replaced.
 * Core: MemPoolAccept::ReplacementChecks.
 */
export function checkReplacement(
  { entry, conflicts, removed, evictsSibling }: Replacement,
  options: PolicyOptions,
): MempoolFault | null {
  const suffix = evictsSibling ? " (including sibling eviction)" : "";
  const touched = new Set([...conflicts].map(({ cluster }) => cluster)).size;
  if (touched > MAX_REPLACED_CLUSTERS) {
    const numbers = `${touched} > ${MAX_REPLACED_CLUSTERS}`;
    const detail = `rejecting replacement ${formatHash(entry.txid)}; too many conflicting clusters (${numbers})`;
    return mempoolFault("mempool-policy", `too many potential replacements${suffix}`, detail);
  }
  let replacedFees = 0;
  for (const { modifiedFee } of removed) replacedFees += modifiedFee;
  const { txid, vsize, modifiedFee: fees } = entry;
  const unpaid = checkReplacementFees({ txid, fees, vsize, replacedFees }, options.incrementalRate);
  return unpaid === null
    ? null
    : mempoolFault("reconsiderable", `insufficient fee${suffix}`, unpaid);
}

/**
 * What the clusters that a replacement touches are worth to miners must not fall at any size, and
 * grow at some. Core: ImprovesFeerateDiagram.
 *
 * @param component the cluster that the candidate would be in
 */
export function checkDiagram(
  { entry, conflicts, removed }: Replacement,
  component: ReadonlySet<MempoolEntry>,
): MempoolFault | null {
  const clusters = new Set<Cluster>();
  for (const touched of [...entry.parents, ...conflicts]) clusters.add(touched.cluster);
  const before = [...clusters].flatMap(({ chunks }) => chunks);
  const after = [...clusters].flatMap(({ members }) =>
    chunksOf(members.filter((member) => !removed.has(member) && !component.has(member))),
  );
  after.push(...chunksOf([...component]));
  if (compareDiagrams(byRate(after), byRate(before)) === "better") return null;
  return mempoolFault(
    "reconsiderable",
    "replacement-failed",
    "insufficient feerate: does not improve feerate diagram",
  );
}

function byRate(chunks: readonly FeeSize[]): FeeSize[] {
  return [...chunks].sort((a, b) => compareRates(b, a));
}
