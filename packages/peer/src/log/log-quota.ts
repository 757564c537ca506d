const BYTES_PER_WINDOW = 1_048_576;
const WINDOW_MS = 3_600_000;
/** Sources that are told apart; more than a program has. */
const MAX_SOURCES = 1000;

/** Whether a line may be written: yes, yes but it is the last one, or no. */
export type QuotaVerdict = "write" | "last" | "drop";

/**
 * A limit on what one source writes unasked, so that no remote peer can fill the disk
 * (CVE-2025-54604): 1 MiB an hour. Lines that begin with the same words come from one source.
 */
export class LogQuota {
  readonly #written = new Map<string, number>();
  #windowStartMs: number;

  constructor(nowMs: number) {
    this.#windowStartMs = nowMs;
  }

  /** True while lines of some source are dropped. */
  get active(): boolean {
    for (const bytes of this.#written.values()) if (bytes > BYTES_PER_WINDOW) return true;
    return false;
  }

  take(text: string, nowMs: number): QuotaVerdict {
    if (nowMs - this.#windowStartMs >= WINDOW_MS) {
      this.#written.clear();
      this.#windowStartMs = nowMs;
    }
    const source = sourceOf(text);
    const key = this.#written.has(source) || this.#written.size < MAX_SOURCES ? source : "";
    const before = this.#written.get(key) ?? 0;
    const after = before + text.length;
    this.#written.set(key, after);
    if (after <= BYTES_PER_WINDOW) return "write";
    return before <= BYTES_PER_WINDOW ? "last" : "drop";
  }
}

/** The words before the first value that a line tells. */
function sourceOf(text: string): string {
  return (/^[^0-9"'=:(,]{0,60}/.exec(text) as RegExpExecArray)[0];
}
