import type { BlockNode } from "../chain/block-node.ts";
import type { WalletTransaction } from "./wallet-transaction.ts";

/** How far in the future a transaction may claim to be, in seconds. */
const TOLERANCE = 300;

/**
 * The time to show for a transaction: when it came, or its block's where it came late. Core: ComputeTimeSmart.
 *
 * @param ordered the transactions before it
 */
export function smartTime(
  received: number,
  ordered: readonly WalletTransaction[],
  place: { readonly node: BlockNode; readonly isOld: boolean } | null,
): number {
  if (place === null) return received;
  if (place.isOld) return place.node.timeMax;
  let latestNow = received;
  let latestEntry = 0;
  for (let i = ordered.length - 1; i >= 0; i--) {
    const { timeSmart } = ordered[i] as WalletTransaction;
    if (timeSmart > received + TOLERANCE) continue;
    latestEntry = timeSmart;
    latestNow = Math.max(latestNow, timeSmart);
    break;
  }
  return Math.max(latestEntry, Math.min(place.node.time, latestNow));
}
