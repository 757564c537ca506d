import { MAX_BLOCK_WEIGHT } from "@compeer/protocol/consensus/limits";
import type { Clock } from "../../clock/clock.ts";

/** Seconds in which the target is not to be passed. Core: MAX_UPLOAD_TIMEFRAME. */
export const UPLOAD_CYCLE = 86_400;
const BLOCK_SECONDS = 600;

/** Keeps what we send in a day below -maxuploadtarget. Core: CConnman::OutboundTargetReached. */
export class UploadLimit {
  /** Bytes a cycle; 0 for no limit. */
  readonly target: number;
  readonly #clock: Clock;
  readonly #total: () => number;
  /** What had been sent at the last look, and when the cycle began. */
  #seen = 0;
  #before = 0;
  #start = 0;

  /** @param total bytes sent since the start */
  constructor(target: number, clock: Clock, total: () => number) {
    this.target = target;
    this.#clock = clock;
    this.#total = total;
  }

  /** To be called often: with the first bytes after a cycle's end the next one begins. */
  look(): void {
    if (this.target === 0) return;
    const total = this.#total();
    if (total > this.#seen && this.#clock.now() > this.#start + UPLOAD_CYCLE) {
      this.#start = this.#clock.now();
      this.#before = this.#seen;
    }
    this.#seen = total;
  }

  get secondsLeft(): number {
    this.look();
    if (this.target === 0) return 0;
    if (this.#start === 0) return UPLOAD_CYCLE;
    return Math.max(0, this.#start + UPLOAD_CYCLE - this.#clock.now());
  }

  get bytesLeft(): number {
    this.look();
    return this.target === 0 ? 0 : Math.max(0, this.target - this.#sent);
  }

  /** Nothing more may be sent but what keeps us in step. */
  get isReached(): boolean {
    return this.target > 0 && this.bytesLeft === 0;
  }

  /** Old blocks are not served any longer: what is left is for the new blocks of the rest of the cycle. */
  get isReachedForHistory(): boolean {
    if (this.target === 0) return false;
    const reserve = Math.floor(this.secondsLeft / BLOCK_SECONDS) * MAX_BLOCK_WEIGHT;
    return reserve >= this.target || this.#sent >= this.target - reserve;
  }

  get #sent(): number {
    return this.#seen - this.#before;
  }
}
