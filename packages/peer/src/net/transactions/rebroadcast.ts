import type { NetMempoolEntry, NetParts } from "../net-parts.ts";
import { SYSTEM_RANDOM } from "../random.ts";

const INTERVAL_MS = 600_000;
/** Drawn anew each time, so that the rhythm tells nothing of us. */
const JITTER_MS = 300_000;

/**
 * Announces what this peer was given to send and nobody has fetched, again and again: the first
 * announcement may have found no peer, or been crowded out. Core: ReattemptInitialBroadcast.
 */
export class Rebroadcast {
  readonly #parts: Pick<NetParts, "mempool" | "clock" | "random">;
  readonly #announce: (entry: NetMempoolEntry) => void;
  #nextAt: number;

  constructor(
    parts: Pick<NetParts, "mempool" | "clock" | "random">,
    announce: (entry: NetMempoolEntry) => void,
  ) {
    this.#parts = parts;
    this.#announce = announce;
    this.#nextAt = this.#later();
  }

  #later(): number {
    const { clock, random = SYSTEM_RANDOM } = this.#parts;
    return clock.nowMs() + INTERVAL_MS + random.below(JITTER_MS);
  }

  /** Lets the time to the next one pass faster, for tests (mockscheduler). */
  forward(seconds: number): void {
    this.#nextAt -= seconds * 1000;
    this.tick();
  }

  tick(): void {
    if (this.#parts.clock.nowMs() < this.#nextAt) return;
    this.#nextAt = this.#later();
    const { mempool } = this.#parts;
    for (const key of mempool.unbroadcast) {
      const entry = mempool.get(key);
      if (entry !== undefined) this.#announce(entry);
    }
  }
}
