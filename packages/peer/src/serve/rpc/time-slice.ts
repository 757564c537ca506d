import { setImmediate as nextTurn } from "node:timers/promises";

/** Longest time that a long call keeps the event loop at a stretch. */
const SLICE_MS = 10;

/** Breaks a long call into pieces, between which everybody else is served. */
export class TimeSlice {
  #end: number = performance.now() + SLICE_MS;

  /** Asked first where the steps are many and short. */
  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** To be awaited between two steps: lets others go first when the time is used up. */
  async rest(): Promise<void> {
    if (!this.isOver) return;
    await nextTurn();
    this.#end = performance.now() + SLICE_MS;
  }
}
