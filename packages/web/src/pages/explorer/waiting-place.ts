import type { ProjectedBlock } from "../../state/chain.ts";

/**
 * In which of the projected blocks a feerate finds room: 0 is the next one.
 * Null when it is below the last of them.
 */
export function waitingPlace(rate: number, blocks: readonly ProjectedBlock[]): number | null {
  for (const [index, block] of blocks.entries()) {
    if (rate >= block.minrate) return index;
  }
  const last = blocks.at(-1);
  if (last === undefined) return 0;
  return last.weight < ROOMY_WEIGHT ? blocks.length - 1 : null;
}

/** A block lighter than this has room for more. */
const ROOMY_WEIGHT = 3_900_000;

/** Where something waits, in words. */
export function waitingWords(place: number | null, count: number): string {
  if (place === null) return `behind the next ${count} blocks`;
  if (place === 0) return "in the next block";
  return `in ${place + 1} blocks`;
}
