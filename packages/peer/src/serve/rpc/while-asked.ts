import type { Cancel, Clock } from "../../clock/clock.ts";

const LOOK_MS = 1000;
/** Who has not asked for so long does not wait for an answer. */
const PATIENCE_MS = 10_000;

/** Does a job every second as long as somebody asks for its outcome again and again, so that it lies ready. */
export class WhileAsked {
  readonly #clock: Pick<Clock, "after" | "steadyMs">;
  readonly #job: () => void;
  #askedAt = 0;
  #next: Cancel | null = null;

  constructor(clock: Pick<Clock, "after" | "steadyMs">, job: () => void) {
    this.#clock = clock;
    this.#job = job;
  }

  asked(): void {
    this.#askedAt = this.#clock.steadyMs();
    this.#next ??= this.#clock.after(LOOK_MS, this.#look);
  }

  readonly #look = (): void => {
    this.#next = null;
    if (this.#clock.steadyMs() - this.#askedAt > PATIENCE_MS) return;
    this.#next = this.#clock.after(LOOK_MS, this.#look);
    this.#job();
  };
}
