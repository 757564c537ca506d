import { compareRates } from "@compeer/protocol/policy/fee-rate";
import type { Cluster, EntryChunk } from "./mempool-entry.ts";

/** From so many dead or new clusters on beside half of all, the order is made anew when it is asked for. */
const MAX_STALE = 1_000;

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

  /** @param all gives the clusters that there are */
  constructor(all: () => Iterable<Cluster>) {
    this.#all = all;
  }

  made(cluster: Cluster): void {
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

function mergeLive(sorted: readonly Cluster[], fresh: readonly Cluster[]): Cluster[] {
  const merged: Cluster[] = [];
  let next = 0;
  for (const cluster of sorted) {
    if (!cluster.live) continue;
    while (next < fresh.length && byFirstChunk(fresh[next] as Cluster, cluster) < 0)
      merged.push(fresh[next++] as Cluster);
    merged.push(cluster);
  }
  while (next < fresh.length) merged.push(fresh[next++] as Cluster);
  return merged;
}
