import type { Sats } from "@compeer/protocol/bitcoin/amount";

/** Seconds in which the raised minimum falls to its half, when the mempool is full. Core: ROLLING_FEE_HALFLIFE. */
const HALF_LIFE = 12 * 60 * 60;
const UPDATE_EVERY = 10;

/**
 * The rate that a full mempool asks for: what it threw out last, plus the incremental rate, falling
 * again once a block came. Rates are satoshis per 1000 virtual bytes. Core: CTxMemPool::GetMinFee.
 */
export class MinimumFee {
  readonly #maxUsage: number;
  readonly #incrementalRate: Sats;
  #rate = 0;
  #updated = 0;
  #blockSinceRaise = false;

  constructor(maxUsage: number, incrementalRate: Sats) {
    this.#maxUsage = maxUsage;
    this.#incrementalRate = incrementalRate;
  }

  /**
   * @param now seconds since 1970
   * @param usage bytes that the mempool takes
   */
  rate(now: number, usage: number): Sats {
    if (!this.#blockSinceRaise || this.#rate === 0) return Math.round(this.#rate);
    if (now > this.#updated + UPDATE_EVERY) {
      const emptiness = usage < this.#maxUsage / 4 ? 4 : usage < this.#maxUsage / 2 ? 2 : 1;
      this.#rate /= 2 ** (((now - this.#updated) * emptiness) / HALF_LIFE);
      this.#updated = now;
      if (this.#rate < this.#incrementalRate / 2) {
        this.#rate = 0;
        return 0;
      }
    }
    return Math.max(Math.round(this.#rate), this.#incrementalRate);
  }

  /** A chunk of this rate was thrown out for want of room. */
  raise(removedRate: Sats): void {
    const rate = removedRate + this.#incrementalRate;
    if (rate <= this.#rate) return;
    this.#rate = rate;
    this.#blockSinceRaise = false;
  }

  blockConnected(now: number): void {
    this.#updated = now;
    this.#blockSinceRaise = true;
  }
}
