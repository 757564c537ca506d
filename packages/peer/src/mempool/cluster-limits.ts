import { compareRates } from "@compeer/protocol/policy/fee-rate";
import type { PolicyOptions } from "@compeer/protocol/policy/limits";
import type { MempoolEntry } from "./mempool-entry.ts";

const NO_ENTRIES: readonly MempoolEntry[] = [];

/**
 * The clusters that candidates would be in once `removed` are gone, or null when one of them is larger
 * than the limits allow. The walk stops there, so it is cheap whatever the candidates spend.
 *
 * @param candidates know their parents, which do not know them
 */
export function clustersWith(
  candidates: readonly MempoolEntry[],
  removed: ReadonlySet<MempoolEntry>,
  limits: PolicyOptions,
): Set<MempoolEntry>[] | null {
  const childrenOf = newChildren(candidates);
  const clusters: Set<MempoolEntry>[] = [];
  for (const candidate of candidates) {
    if (clusters.some((cluster) => cluster.has(candidate))) continue;
    const cluster = clusterOf(candidate, childrenOf, removed, limits);
    if (cluster === null) return null;
    clusters.push(cluster);
  }
  return clusters;
}

function clusterOf(
  start: MempoolEntry,
  childrenOf: ReadonlyMap<MempoolEntry, readonly MempoolEntry[]>,
  removed: ReadonlySet<MempoolEntry>,
  { clusterCount, clusterVsize }: PolicyOptions,
): Set<MempoolEntry> | null {
  const found = new Set([start]);
  let weight = 0;
  for (const member of found) {
    weight += member.adjustedWeight;
    if (found.size > clusterCount || weight > clusterVsize * 4) return null;
    for (const parent of member.parents) if (!removed.has(parent)) found.add(parent);
    for (const child of member.children) if (!removed.has(child)) found.add(child);
    for (const child of childrenOf.get(member) ?? NO_ENTRIES) found.add(child);
  }
  return found;
}

function newChildren(candidates: readonly MempoolEntry[]): Map<MempoolEntry, MempoolEntry[]> {
  const childrenOf = new Map<MempoolEntry, MempoolEntry[]>();
  // A single candidate is where the walk starts.
  if (candidates.length === 1) return childrenOf;
  for (const candidate of candidates)
    for (const parent of candidate.parents) {
      const children = childrenOf.get(parent);
      if (children === undefined) childrenOf.set(parent, [candidate]);
      else children.push(candidate);
    }
  return childrenOf;
}

/**
 * Children that a transaction cannot have within the limits when it comes back out of a block: those
 * whose clusters pay worst. The entry's own cluster is within the limits.
 *
 * @param entry a candidate whose parents are in the pool
 * @param children entries that spend it already
 */
export function roomForChildren(
  entry: MempoolEntry,
  children: ReadonlySet<MempoolEntry>,
  { clusterCount, clusterVsize }: PolicyOptions,
): MempoolEntry[] {
  const joined = new Set([entry]);
  for (const parent of entry.parents)
    for (const member of parent.cluster.members) joined.add(member);
  let weight = 0;
  for (const member of joined) weight += member.adjustedWeight;
  const overflow: MempoolEntry[] = [];
  const bestFirst = [...children].sort((a, b) => compareRates(b.chunk, a.chunk));
  for (const child of bestFirst) {
    const more = child.cluster.members.filter((member) => !joined.has(member));
    const moreWeight = more.reduce((sum, member) => sum + member.adjustedWeight, 0);
    if (joined.size + more.length > clusterCount || weight + moreWeight > clusterVsize * 4) {
      overflow.push(child);
      continue;
    }
    for (const member of more) joined.add(member);
    weight += moreWeight;
  }
  return overflow;
}
