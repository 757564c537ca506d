import { formatHash } from "@compeer/protocol/bytes/hash";
import { compareDiagrams } from "@compeer/protocol/policy/fee-diagram";
import { compareRates, type FeeSize } from "@compeer/protocol/policy/fee-rate";
import { MAX_REPLACED_CLUSTERS, type PolicyOptions } from "@compeer/protocol/policy/limits";
import { checkReplacementFees } from "@compeer/protocol/policy/replacement";
import type { Candidate } from "./candidate.ts";
import { type Cluster, chunksOf, type MempoolEntry } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";

/**
 * Whether a candidate pays enough to take the place of its conflicts; anyone's may be replaced.
 * Core: MemPoolAccept::ReplacementChecks.
 *
 * @param removed the conflicts with all their descendants
 */
export function checkReplacement(
  { entry, conflicts, evictsSibling }: Candidate,
  removed: ReadonlySet<MempoolEntry>,
  options: PolicyOptions,
): MempoolFault | null {
  const suffix = evictsSibling ? " (including sibling eviction)" : "";
  const tooMany = tooManyClusters(entry, conflicts);
  if (tooMany !== null)
    return mempoolFault("mempool-policy", `too many potential replacements${suffix}`, tooMany);
  const { txid, vsize, modifiedFee: fees } = entry;
  const replacedFees = modifiedFees(removed);
  const unpaid = checkReplacementFees({ txid, fees, vsize, replacedFees }, options.incrementalRate);
  return unpaid === null
    ? null
    : mempoolFault("reconsiderable", `insufficient fee${suffix}`, unpaid);
}

/** Core: GetEntriesForConflicts, its limit. */
export function tooManyClusters(
  { txid }: MempoolEntry,
  conflicts: ReadonlySet<MempoolEntry>,
): string | null {
  const touched = new Set([...conflicts].map(({ cluster }) => cluster)).size;
  if (touched <= MAX_REPLACED_CLUSTERS) return null;
  const numbers = `${touched} > ${MAX_REPLACED_CLUSTERS}`;
  return `rejecting replacement ${formatHash(txid)}; too many conflicting clusters (${numbers})`;
}

export function modifiedFees(entries: Iterable<MempoolEntry>): number {
  let sum = 0;
  for (const { modifiedFee } of entries) sum += modifiedFee;
  return sum;
}

/**
 * What the clusters that a replacement touches are worth to miners must not fall at any size, and
 * grow at some. Core: ImprovesFeerateDiagram.
 *
 * @param clusters those that the candidates would be in
 * @returns Core's message, or null when it is better
 */
export function checkDiagram(
  candidates: readonly Candidate[],
  removed: ReadonlySet<MempoolEntry>,
  clusters: readonly ReadonlySet<MempoolEntry>[],
): string | null {
  const touched = new Set<Cluster>();
  for (const { pooledParents, conflicts } of candidates)
    for (const entry of [...pooledParents, ...conflicts]) touched.add(entry.cluster);
  const before = [...touched].flatMap(({ chunks }) => chunks);
  const isLeftOver = (member: MempoolEntry): boolean =>
    !removed.has(member) && !clusters.some((cluster) => cluster.has(member));
  const after = [...touched].flatMap(({ members }) => chunksOf(members.filter(isLeftOver)));
  for (const cluster of clusters) after.push(...chunksOf([...cluster]));
  if (compareDiagrams(byRate(after), byRate(before)) === "better") return null;
  return "insufficient feerate: does not improve feerate diagram";
}

function byRate(chunks: readonly FeeSize[]): FeeSize[] {
  return [...chunks].sort((a, b) => compareRates(b, a));
}
