/** The time as this peer sees it; tests and `setmocktime` turn it. One clock a peer, none global. */
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

  /** @param seconds since 1970; 0 returns to real time */
  setMock(seconds: number): void {
    this.#mock = seconds;
  }

  get isMocked(): boolean {
    return this.#mock !== 0;
  }
}
