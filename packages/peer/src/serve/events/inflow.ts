/** Seconds that are looked back on. */
const WINDOW = 60;

/** Virtual bytes a second that come into the mempool, over the last minute. */
export class Inflow {
  readonly #sums = new Float64Array(WINDOW);
  #second: number;
  readonly #began: number;

  /** @param second of a clock that only goes forward */
  constructor(second: number) {
    this.#second = second;
    this.#began = second;
  }

  add(vsize: number, second: number): void {
    this.#turn(second);
    const slot = second % WINDOW;
    this.#sums[slot] = (this.#sums[slot] ?? 0) + vsize;
  }

  rate(second: number): number {
    this.#turn(second);
    let sum = 0;
    for (const part of this.#sums) sum += part;
    return Math.round(sum / Math.min(WINDOW, Math.max(1, second - this.#began)));
  }

  #turn(second: number): void {
    const passed = Math.min(WINDOW, second - this.#second);
    for (let i = 1; i <= passed; i++) this.#sums[(this.#second + i) % WINDOW] = 0;
    if (passed > 0) this.#second = second;
  }
}
