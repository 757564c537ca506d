import { Heap } from "../../mempool/heap.ts";
import type { NetMempoolEntry } from "../net-parts.ts";

/** Entries that left are swept out of the order when they are more than those that wait, and this many. */
const SWEEP_AT = 1000;

/** An entry with its rate when it was queued; one object for all peers that it waits for. */
interface Queued {
  readonly entry: NetMempoolEntry;
  /** Of the chunk that it would be mined with. */
  readonly rate: number;
}

export function queued(entry: NetMempoolEntry): Queued {
  const { fee, size } = entry.chunk;
  return { entry, rate: fee / size };
}

/**
 * What waits to be announced to one peer. The best paying comes first, with the parents that it needs
 * before it. Nothing is ever sorted as a whole: with 300,000 waiting, an announcement costs some
 * milliseconds (CVE-2023-33297).
 */
export class AnnounceQueue {
  readonly #waiting = new Map<NetMempoolEntry, Queued>();
  #order = new Heap<Queued>([], isBefore);
  /** To come next, last one first. */
  #next: NetMempoolEntry[] = [];

  get size(): number {
    return this.#waiting.size;
  }

  add(queued: Queued): void {
    if (this.#waiting.has(queued.entry)) return;
    this.#waiting.set(queued.entry, queued);
    this.#order.push(queued);
  }

  delete(entry: NetMempoolEntry): void {
    if (!this.#waiting.delete(entry)) return;
    if (this.#order.size > 2 * this.#waiting.size + SWEEP_AT)
      this.#order = new Heap(this.#waiting.values(), isBefore);
  }

  clear(): void {
    this.#waiting.clear();
    this.#order = new Heap([], isBefore);
    this.#next = [];
  }

  /** Takes out what is to be announced next. */
  take(): NetMempoolEntry | undefined {
    for (;;) {
      const entry = this.#next.pop() ?? this.#choose();
      if (entry === undefined || this.#waiting.delete(entry)) return entry;
    }
  }

  #choose(): NetMempoolEntry | undefined {
    for (let best = this.#order.pop(); best !== undefined; best = this.#order.pop()) {
      if (this.#waiting.get(best.entry) !== best) continue;
      const chosen = new Set<NetMempoolEntry>();
      this.#withParents(best.entry, chosen);
      this.#next = [...chosen].reverse();
      return this.#next.pop();
    }
    return undefined;
  }

  /** Parents pay less by themselves, or were queued when no child paid for them. */
  #withParents(entry: NetMempoolEntry, chosen: Set<NetMempoolEntry>): void {
    if (!this.#waiting.has(entry) || chosen.has(entry)) return;
    for (const parent of entry.parents) this.#withParents(parent, chosen);
    chosen.add(entry);
  }
}

function isBefore(a: Queued, b: Queued): boolean {
  return a.rate === b.rate ? a.entry.sequence < b.entry.sequence : a.rate > b.rate;
}
