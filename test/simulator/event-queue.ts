/** Something that happens at a time. */
export interface Event {
  /** Milliseconds since the simulation began. */
  readonly at: number;
  readonly action: () => void;
  isCancelled: boolean;
}

/** Events by time; those of one time in the order they were put in. A binary heap. */
export class EventQueue {
  readonly #heap: { event: Event; order: number }[] = [];
  #puts = 0;

  get size(): number {
    return this.#heap.length;
  }

  put(at: number, action: () => void): Event {
    const event = { at, action, isCancelled: false };
    const entry = { event, order: this.#puts++ };
    let index = this.#heap.length;
    this.#heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      if (!isBefore(entry, this.#heap[parent] as Entry)) break;
      this.#heap[index] = this.#heap[parent] as Entry;
      index = parent;
    }
    this.#heap[index] = entry;
    return event;
  }

  /** The time of the next event; infinite when there is none. */
  get nextAt(): number {
    return this.#heap[0]?.event.at ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the next event out. */
  take(): Event | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || first === last) return first?.event;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#heap.length) break;
      const right = this.#heap[child + 1];
      if (right !== undefined && isBefore(right, this.#heap[child] as Entry)) child++;
      if (!isBefore(this.#heap[child] as Entry, last)) break;
      this.#heap[index] = this.#heap[child] as Entry;
      index = child;
    }
    this.#heap[index] = last;
    return first.event;
  }
}

interface Entry {
  readonly event: Event;
  readonly order: number;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.event.at < b.event.at || (a.event.at === b.event.at && a.order < b.order);
}
