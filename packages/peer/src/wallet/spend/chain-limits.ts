import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { Mempool } from "../../mempool/mempool.ts";
import type { MempoolEntry } from "../../mempool/mempool-entry.ts";

/** Why the mempool would refuse a transaction for what it hangs on; null when it would not. Core: checkChainLimits. */
export function checkChainLimits(
  mempool: Mempool,
  prevouts: readonly OutPoint[],
  weight: number,
): string | null {
  const members = new Set<MempoolEntry>();
  for (const { txid } of prevouts)
    for (const member of mempool.get(hashKey(txid))?.cluster.members ?? []) members.add(member);
  if (members.size === 0) return null;
  const { clusterCount, clusterVsize } = mempool.options;
  let total = weight;
  for (const { adjustedWeight } of members) total += adjustedWeight;
  const isTooLarge = members.size + 1 > clusterCount || total > clusterVsize * 4;
  return isTooLarge ? "too many unconfirmed transactions in cluster" : null;
}
