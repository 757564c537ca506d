import { compareRates } from "@compeer/protocol/policy/fee-rate";
import type { Cluster, EntryChunk } from "./mempool-entry.ts";
import { mergeInSteps, sortInSteps } from "./sort-in-steps.ts";

/** From so many dead or new clusters on beside half of all, the order is made anew when it is asked for. */
const MAX_STALE = 1_000;
/** So many new clusters are merged in at once when somebody looks. */
const FEW = 250;

/**
 * All clusters by their first chunk, best rate first. The order is made when it is first asked for and
 * kept from then on: what came meanwhile is merged in, what is gone left out. So a look at the whole
 * mempool costs one pass, and nobody pays who does not look.
 */
export class ClusterOrder {
  readonly #all: () => Iterable<Cluster>;
  #sorted: Cluster[] | null = null;
  #fresh: Cluster[] = [];
  #gone = 0;
  /** What came since `prepare` began; null when it does not run. */
  #meanwhile: Cluster[] | null = null;

  /** @param all gives the clusters that there are */
  constructor(all: () => Iterable<Cluster>) {
    this.#all = all;
  }

  made(cluster: Cluster): void {
    this.#meanwhile?.push(cluster);
    if (this.#sorted === null) return;
    this.#fresh.push(cluster);
    this.#forgetIfStale(this.#sorted);
  }

  ended(): void {
    if (this.#sorted === null) return;
    this.#gone++;
    this.#forgetIfStale(this.#sorted);
  }

  /** It is not to be changed, and stays right until the next change of the pool. */
  bestFirst(): readonly Cluster[] {
    if (this.#sorted === null) this.#sorted = [...this.#all()].sort(byFirstChunk);
    else if (this.#fresh.length > 0 || this.#gone > 0)
      this.#sorted = mergeLive(this.#sorted, this.#fresh.filter(isLive).sort(byFirstChunk));
    this.#fresh = [];
    this.#gone = 0;
    return this.#sorted;
  }

  /** Does most of the work of the next `bestFirst` in short steps, between which the pool may change. */
  *prepare(): Generator<void, void> {
    const before = this.#sorted;
    if (this.#meanwhile !== null || (before !== null && this.#fresh.length < FEW)) return;
    const fresh = before === null ? [...this.#all()] : this.#fresh.filter(isLive);
    this.#meanwhile = [];
    try {
      const added = yield* sortInSteps(fresh, byFirstChunk);
      const sorted = before === null ? added : yield* mergeInSteps(before, added, byFirstChunk);
      // Who looked in between has a newer order.
      if (this.#sorted !== before) return;
      this.#sorted = sorted;
      this.#fresh = this.#meanwhile;
      this.#gone = 1;
    } finally {
      this.#meanwhile = null;
    }
  }

  /** What is dead must not be kept from the collector for long. */
  #forgetIfStale(sorted: readonly Cluster[]): void {
    if (this.#gone + this.#fresh.length < MAX_STALE + sorted.length / 2) return;
    this.#sorted = null;
    this.#fresh = [];
    this.#gone = 0;
  }
}

/** Negative when `a` is mined first: at the same rate the smaller, then by txid, whatever the order of arrival. */
export function compareChunks(a: EntryChunk, b: EntryChunk): number {
  const order = compareRates(b, a) || a.size - b.size;
  if (order !== 0) return order;
  const left = a.members[0]?.txidKey ?? "";
  const right = b.members[0]?.txidKey ?? "";
  return left < right ? -1 : left > right ? 1 : 0;
}

function byFirstChunk(a: Cluster, b: Cluster): number {
  return compareChunks(a.chunks[0] as EntryChunk, b.chunks[0] as EntryChunk);
}

function isLive({ live }: Cluster): boolean {
  return live;
}

/** The live ones of both: few are fresh, so the place of each is searched for. */
function mergeLive(sorted: readonly Cluster[], fresh: readonly Cluster[]): Cluster[] {
  const merged: Cluster[] = [];
  let from = 0;
  for (const cluster of fresh) {
    const to = firstBehind(sorted, cluster, from);
    pushLive(merged, sorted, from, to);
    merged.push(cluster);
    from = to;
  }
  pushLive(merged, sorted, from, sorted.length);
  return merged;
}

/** Position of the first that comes behind `cluster`. */
function firstBehind(sorted: readonly Cluster[], cluster: Cluster, from: number): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byFirstChunk(cluster, sorted[middle] as Cluster) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function pushLive(into: Cluster[], sorted: readonly Cluster[], from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const cluster = sorted[at] as Cluster;
    if (cluster.live) into.push(cluster);
  }
}
