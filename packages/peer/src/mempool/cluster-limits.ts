import { compareRates } from "@compeer/protocol/policy/fee-rate";
import type { PolicyOptions } from "@compeer/protocol/policy/limits";
import type { MempoolEntry } from "./mempool-entry.ts";

/**
 * The cluster that a candidate would be in once `removed` are gone, or null when it is larger than
 * the limits allow. The walk stops there, so it is cheap whatever the candidate spends.
 */
export function clusterWith(
  entry: MempoolEntry,
  removed: ReadonlySet<MempoolEntry>,
  { clusterCount, clusterVsize }: PolicyOptions,
): Set<MempoolEntry> | null {
  const found = new Set([entry]);
  let weight = 0;
  for (const member of found) {
    weight += member.adjustedWeight;
    if (found.size > clusterCount || weight > clusterVsize * 4) return null;
    for (const parent of member.parents) if (!removed.has(parent)) found.add(parent);
    for (const child of member.children) if (!removed.has(child)) found.add(child);
  }
  return found;
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
