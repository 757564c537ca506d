import { compareRates, type FeeSize } from "./fee-rate.ts";

/** How one diagram stands to another. */
export type DiagramOrder = "better" | "worse" | "same" | "incomparable";

/**
 * Compares what miners could earn of two sets of chunks at every block size: the sums of fees over
 * sums of sizes, joined by straight lines. Chunks come best rate first. Core: CompareChunks.
 */
export function compareDiagrams(a: readonly FeeSize[], b: readonly FeeSize[]): DiagramOrder {
  const left = new Side(a);
  const right = new Side(b);
  let betterLeft = false;
  let betterRight = false;
  while (!left.isDone || !right.isDone) {
    const isLeft = right.isDone || (!left.isDone && left.next.size <= right.next.size);
    const [near, far] = isLeft ? [left, right] : [right, left];
    const order = height(near, far);
    if (order !== 0) {
      if (order > 0 === isLeft) betterLeft = true;
      else betterRight = true;
    }
    if (!far.isDone && far.next.size === near.next.size) far.advance();
    near.advance();
  }
  if (betterLeft) return betterRight ? "incomparable" : "better";
  return betterRight ? "worse" : "same";
}

/** Whether the next point of `near` lies above (> 0) or below (< 0) the line of `far`. */
function height(near: Side, far: Side): number {
  const slope = minus(near.next, far.previous);
  // Behind its last chunk a diagram goes on level.
  return compareRates(slope, far.isDone ? { fee: 0, size: 1 } : minus(far.next, far.previous));
}

function minus(a: FeeSize, b: FeeSize): FeeSize {
  return { fee: a.fee - b.fee, size: a.size - b.size };
}

class Side {
  readonly #chunks: readonly FeeSize[];
  #at = 0;
  previous: FeeSize = { fee: 0, size: 0 };

  constructor(chunks: readonly FeeSize[]) {
    this.#chunks = chunks;
  }

  get isDone(): boolean {
    return this.#at >= this.#chunks.length;
  }

  /** The end of the next chunk. */
  get next(): FeeSize {
    const { fee, size } = this.#chunks[this.#at] as FeeSize;
    return { fee: this.previous.fee + fee, size: this.previous.size + size };
  }

  advance(): void {
    this.previous = this.next;
    this.#at++;
  }
}
