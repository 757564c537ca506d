import type { Cancel, Clock } from "../clock/clock.ts";

/** Of fewer, a template is made within milliseconds when somebody asks, and lacks nothing then. */
const MIN_TRANSACTIONS = 1_000;
/** A template is made anew when it is so old and the mempool has changed: before a caller would have to wait. */
const RENEW_MS = 4_500;
/** The same when much has changed: as many transactions as this share of the mempool. */
const RENEW_MUCH_MS = 1_500;
const MUCH = 1 / 3;
/** After a new tip, so that a row of blocks is one change. */
const TIP_MS = 200;
/** Share of the time that may be spent on templates that nobody asks for, and what may be saved up of it. */
const SHARE = 0.02;
const MAX_CREDIT_MS = 3_000;
/** Who has not asked for so long does not wait for an answer. */
const PATIENCE_MS = 10_000;

/** `Chain`, `Mempool`, `Clock` and `CurrentTemplate` have it. */
export interface TemplateKeeperParts {
  readonly chain: {
    readonly isInitialDownload: boolean;
    readonly tipChanged: { on(listener: () => void): unknown };
  };
  readonly mempool: {
    readonly size: number;
    readonly added: { on(listener: () => void): unknown };
  };
  readonly clock: Pick<Clock, "after" | "steadyMs">;
  readonly template: {
    readonly isForTip: boolean;
    readonly isLatest: boolean;
    /** How often the mempool has changed since the last was made. */
    readonly changes: number;
    /** When the last was made, by the steady clock. */
    readonly madeAtMs: number;
    /** Makes a new one; returns how many milliseconds that took. */
    renew(signal: AbortSignal): Promise<number>;
  };
}

/**
 * Sees to it that a template of a large mempool lies ready for who asks: within a share of the time, and
 * always while somebody asks again and again. It has no timer when nothing has changed.
 */
export class TemplateKeeper {
  readonly #parts: TemplateKeeperParts;
  readonly #signal: AbortSignal;
  #cancel: Cancel | null = null;
  /** The timer was set when much had changed. */
  #isMuch = false;
  #isMaking = false;
  #askedAt: number = Number.NEGATIVE_INFINITY;
  #credit: number = MAX_CREDIT_MS;
  #creditAt: number;

  /** @param signal ends it */
  constructor(parts: TemplateKeeperParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    this.#creditAt = parts.clock.steadyMs();
    parts.mempool.added.on(() => {
      if (this.#cancel !== null && !this.#isMuch && this.#hasMuchChanged) this.#stop();
      this.#plan();
    });
    parts.chain.tipChanged.on(() => {
      this.#stop();
      this.#plan();
    });
    signal.addEventListener("abort", () => this.#stop(), { once: true });
  }

  /** Somebody was given a template. */
  asked(): void {
    // For who polls nothing is saved up.
    if (!this.#isPolled) this.#stop();
    this.#askedAt = this.#parts.clock.steadyMs();
    this.#plan();
  }

  /** Sets the timer for the next template, unless it is set or none is wanted. */
  #plan(): void {
    if (this.#cancel !== null || this.#isMaking || !this.#isWanted()) return;
    this.#isMuch = this.#hasMuchChanged;
    this.#cancel = this.#parts.clock.after(this.#waitMs(), () => {
      this.#cancel = null;
      if (this.#isWanted()) void this.#renew();
    });
  }

  #isWanted(): boolean {
    const { chain, mempool, template } = this.#parts;
    if (this.#signal.aborted || mempool.size < MIN_TRANSACTIONS || template.isLatest) return false;
    return this.#isPolled || !chain.isInitialDownload;
  }

  get #hasMuchChanged(): boolean {
    const { mempool, template } = this.#parts;
    return template.changes > mempool.size * MUCH;
  }

  get #isPolled(): boolean {
    return this.#parts.clock.steadyMs() - this.#askedAt <= PATIENCE_MS;
  }

  #waitMs(): number {
    const now = this.#parts.clock.steadyMs();
    const { isForTip, madeAtMs } = this.#parts.template;
    const age = this.#isMuch ? RENEW_MUCH_MS : RENEW_MS;
    const due = isForTip ? madeAtMs + age - now : TIP_MS;
    const saving = this.#isPolled ? 0 : -this.#creditNow(now) / SHARE;
    return Math.max(due, saving, TIP_MS);
  }

  /** What may be spent now, in milliseconds; below zero when too much was. */
  #creditNow(now: number): number {
    this.#credit = Math.min(MAX_CREDIT_MS, this.#credit + (now - this.#creditAt) * SHARE);
    this.#creditAt = now;
    return this.#credit;
  }

  async #renew(): Promise<void> {
    this.#isMaking = true;
    try {
      this.#credit -= await this.#parts.template.renew(this.#signal);
    } catch {
      // What goes wrong here goes wrong again for the next who asks, and is told there.
      this.#credit -= MAX_CREDIT_MS;
    }
    this.#isMaking = false;
    this.#plan();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
