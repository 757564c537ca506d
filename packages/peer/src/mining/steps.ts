import { breathe } from "../chain/breathe.ts";

/** Runs work that is cut into short steps; returns what it returns. */
export type RunSteps = <T>(steps: Generator<void, T>) => T | Promise<T>;

/** Longest time that steps in the background keep the event loop at a stretch. */
const SLICE_MS = 4;

export function runAtOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs steps beside everything else that the process does, until somebody waits for them. */
export class Background {
  readonly #signal: AbortSignal;
  #isHurried = false;
  #restedMs = 0;

  /** @param signal ends it between two steps */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** For how long others had the event loop. */
  get restedMs(): number {
    return this.#restedMs;
  }

  get isHurried(): boolean {
    return this.#isHurried;
  }

  /** The steps that are left follow one another at once. */
  hurry(): void {
    this.#isHurried = true;
  }

  /** @throws the reason of the signal */
  async run<T>(steps: Generator<void, T>): Promise<T> {
    let end = performance.now() + SLICE_MS;
    for (;;) {
      this.#signal.throwIfAborted();
      const step = steps.next();
      if (step.done) return step.value;
      const now = performance.now();
      if (this.#isHurried || now < end) continue;
      await breathe();
      const later = performance.now();
      this.#restedMs += later - now;
      end = later + SLICE_MS;
    }
  }
}
