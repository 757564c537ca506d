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
