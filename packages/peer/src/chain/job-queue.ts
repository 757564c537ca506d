/** Runs jobs one after the other, in the order they came: what one writer is made of. */
export class JobQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Jobs that did not begin yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @returns what the job returns or throws; a job that throws does not hold up the next */
  run<T>(job: () => Promise<T> | T): Promise<T> {
    this.#waiting++;
    const result = this.#last.then(() => {
      this.#waiting--;
      return job();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
