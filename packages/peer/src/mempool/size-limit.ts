import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { compareRates, ratePerKvb } from "@compeer/protocol/policy/fee-rate";
import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import { Heap } from "./heap.ts";
import type { Cluster, EntryChunk, MempoolEntry } from "./mempool-entry.ts";
import type { TransactionPool } from "./transaction-pool.ts";

/** Times as many stale clusters as live ones that the heap may hold before it is built anew. */
const MAX_STALE = 4;

/**
 * Keeps the pool within its memory by throwing out the chunks that pay worst. The heap of clusters is
 * made when the pool is full for the first time and follows it from then on. Core: TrimToSize.
 */
export class SizeLimit {
  readonly #pool: TransactionPool;
  readonly #maxUsage: number;
  #heap: Heap<Cluster> | null = null;

  constructor(pool: TransactionPool, maxUsage: number) {
    this.#pool = pool;
    this.#maxUsage = maxUsage;
  }

  /** A cluster was made anew. */
  clusterMade(cluster: Cluster): void {
    if (this.#heap === null) return;
    if (this.#heap.size > MAX_STALE * (this.#pool.size + 1000)) this.#heap = null;
    else this.#heap.push(cluster);
  }

  /** Throws out what has no room; `removeChunk` is called for each chunk, with its rate. */
  enforce(removeChunk: (members: readonly MempoolEntry[], rate: Sats) => void): void {
    while (this.#pool.size > 0 && this.#pool.usage > this.#maxUsage) {
      const chunk = this.#worstChunk();
      removeChunk(chunk.members, ratePerKvb(chunk.fee, virtualSize(chunk.size)));
    }
  }

  #worstChunk(): EntryChunk {
    this.#heap ??= new Heap(this.#pool.clusters(), isWorse);
    for (let cluster = this.#heap.pop(); cluster !== undefined; cluster = this.#heap.pop())
      if (cluster.live) return lastChunk(cluster);
    throw new Error("a full mempool without a cluster");
  }
}

function isWorse(a: Cluster, b: Cluster): boolean {
  return compareRates(lastChunk(a), lastChunk(b)) < 0;
}

function lastChunk(cluster: Cluster): EntryChunk {
  return cluster.chunks[cluster.chunks.length - 1] as EntryChunk;
}
