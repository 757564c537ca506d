/** A list of listeners that are called one after the other, at once, in the order they came. */
export class Signal<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** @returns a function that takes the listener off again */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
