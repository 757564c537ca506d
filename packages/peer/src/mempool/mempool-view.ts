import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { BestChunks, type ProjectedBlock, projectBlocks } from "./best-chunks.ts";
import { type Cluster, type EntryChunk, type MempoolEntry, relatives } from "./mempool-entry.ts";
import type { TransactionPool } from "./transaction-pool.ts";

/** What is in a mempool, for who only looks. */
export class MempoolView {
  readonly #pool: TransactionPool;

  constructor(pool: TransactionPool) {
    this.#pool = pool;
  }

  get size(): number {
    return this.#pool.size;
  }

  /** Virtual bytes of all entries. */
  get bytes(): number {
    return this.#pool.vsize;
  }

  /** Estimated bytes of memory. */
  get usage(): number {
    return this.#pool.usage;
  }

  get totalFees(): Sats {
    return this.#pool.fees;
  }

  entries(): Iterable<MempoolEntry> {
    return this.#pool.entries();
  }

  /** All clusters by their first chunk, best rate first; right until the next change. */
  clusters(): readonly Cluster[] {
    return this.#pool.clustersByRate();
  }

  /** Does most of the work of the next `clusters` in short steps, between which all may change. */
  prepareClusters(): Generator<void, void> {
    return this.#pool.prepareClusters();
  }

  /** All chunks, best rate first; one after the other they are the order in which to mine. */
  bestChunks(): EntryChunk[] {
    const chunks: EntryChunk[] = [];
    const best = new BestChunks(this.clusters());
    for (let chunk = best.next(); chunk !== undefined; chunk = best.next()) {
      chunks.push(chunk);
      best.take();
    }
    return chunks;
  }

  get(txidKey: string): MempoolEntry | undefined {
    return this.#pool.get(txidKey);
  }

  getByWtxid(wtxidKey: string): MempoolEntry | undefined {
    return this.#pool.getByWtxid(wtxidKey);
  }

  /** The entry that spends an output. */
  isSpent(txid: Uint8Array, index: number): MempoolEntry | undefined {
    return this.#pool.spenderOf(txid, index);
  }

  /** All that an entry needs, without itself. */
  ancestors(entry: MempoolEntry): Set<MempoolEntry> {
    return withoutSelf(entry, relatives(entry, "parents"));
  }

  /** All that needs an entry, without itself. */
  descendants(entry: MempoolEntry): Set<MempoolEntry> {
    return withoutSelf(entry, relatives(entry, "children"));
  }

  /** The next blocks as they would be if nothing else came. */
  projectedBlocks(maxWeight: number, count: number): ProjectedBlock[] {
    return projectBlocks(this.clusters(), maxWeight, count);
  }
}

function withoutSelf(entry: MempoolEntry, entries: Set<MempoolEntry>): Set<MempoolEntry> {
  entries.delete(entry);
  return entries;
}
