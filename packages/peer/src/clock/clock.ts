/** Ends what a clock was asked to do; nothing happens when that is over. */
export type Cancel = () => void;

/**
 * The time as this peer sees it; tests and `setmocktime` turn it. One clock a peer, none global. Timers are the clock's
 * too, so that a simulation can run them in its own time.
 */
export class Clock {
  #mock = 0;

  /** Whole seconds since 1970: the mock time when one is set. */
  now(): number {
    return this.#mock !== 0 ? this.#mock : Math.floor(Date.now() / 1000);
  }

  /** Milliseconds since 1970: the mock time when one is set. */
  nowMs(): number {
    return this.#mock !== 0 ? this.#mock * 1000 : Date.now();
  }

  /** Milliseconds since some moment, whatever is mocked: for pauses that nobody turns. */
  steadyMs(): number {
    return performance.now();
  }

  /** @param seconds since 1970; 0 returns to real time */
  setMock(seconds: number): void {
    this.#mock = seconds;
  }

  /** Calls `action` once, `ms` of real time from now; the process does not wait for it. */
  after(ms: number, action: () => void): Cancel {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  }

  /** Calls `action` again and again, `ms` of real time apart, until it is cancelled. */
  every(ms: number, action: () => void): Cancel {
    const timer = setInterval(action, ms);
    return () => clearInterval(timer);
  }

  get isMocked(): boolean {
    return this.#mock !== 0;
  }
}
