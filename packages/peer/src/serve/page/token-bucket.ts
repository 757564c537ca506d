/** Lets things happen at a rate, with a reserve for bursts. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #most: number;
  #level: number;
  #atMs: number;

  /** @param nowMs of a clock that only goes forward */
  constructor(perSecond: number, most: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#level = most;
    this.#atMs = nowMs;
  }

  /** False when it is too early. */
  take(nowMs: number): boolean {
    const gained = ((nowMs - this.#atMs) / 1000) * this.#perSecond;
    this.#level = Math.min(this.#most, this.#level + gained);
    this.#atMs = nowMs;
    if (this.#level < 1) return false;
    this.#level--;
    return true;
  }
}
