import type { ProjectedBlock } from "../../state/chain.ts";

/** Weight that transactions may take of a block; the rest is the coinbase's. */
const ROOM_WEIGHT = 3_992_000;

/** Where a payment would stand. */
export interface Place {
  /** From 0; null when it is behind all that are planned. */
  readonly block: number | null;
  /** Virtual bytes in blocks before it, and in its own at most. */
  readonly ahead: number;
}

/** Where a rate would stand among the coming blocks: the first that has room or that it outbids. */
export function placeOfRate(blocks: readonly ProjectedBlock[], rate: number): Place {
  let ahead = 0;
  for (const [at, block] of blocks.entries()) {
    const outbids = rate > block.minrate;
    if (outbids || block.weight < ROOM_WEIGHT) return { block: at, ahead: ahead + block.vsize };
    ahead += block.vsize;
  }
  return { block: null, ahead };
}
