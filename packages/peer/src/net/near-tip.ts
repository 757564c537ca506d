import type { NetParts } from "./net-parts.ts";

/** The tip is recent when it is younger than so many block intervals. */
const RECENT_INTERVALS = 20;

/** True when new blocks may be fetched as they are announced. Core: CanDirectFetch. */
export function isNearTip({ chain, clock, network }: NetParts): boolean {
  return chain.tip.time > clock.now() - network.targetSpacing * RECENT_INTERVALS;
}
