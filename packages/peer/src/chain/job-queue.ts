/** Runs jobs one after the other, in the order they came: what one writer is made of. */
export class JobQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what the job returns or throws; a job that throws does not hold up the next */
  run<T>(job: () => Promise<T> | T): Promise<T> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when every job that was queued by now is over. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
