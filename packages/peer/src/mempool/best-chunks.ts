import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { compareChunks } from "./cluster-order.ts";
import { Heap } from "./heap.ts";
import type { Cluster, EntryChunk } from "./mempool-entry.ts";

/** A chunk behind the first of its cluster, once those before it are taken. */
interface Follower {
  readonly cluster: Cluster;
  readonly position: number;
  readonly chunk: EntryChunk;
}

/**
 * The chunks of all clusters, best rate first and those of one cluster in its order. A chunk that the
 * caller does not take keeps the rest of its cluster back: what follows may need it.
 */
export class BestChunks {
  readonly #clusters: readonly Cluster[];
  readonly #followers: Heap<Follower> = new Heap<Follower>(
    [],
    (a, b) => compareChunks(a.chunk, b.chunk) < 0,
  );
  #next = 0;
  /** Where the chunk stands that was given last. */
  #cluster: Cluster | undefined;
  #position = 0;

  /** @param clusters by their first chunk, best rate first */
  constructor(clusters: readonly Cluster[]) {
    this.#clusters = clusters;
  }

  /** The next chunk, undefined behind the last. */
  next(): EntryChunk | undefined {
    const cluster = this.#clusters[this.#next];
    const chunk = cluster?.chunks[0];
    const { first } = this.#followers;
    if (first !== undefined && (chunk === undefined || compareChunks(first.chunk, chunk) < 0)) {
      this.#followers.pop();
      this.#cluster = first.cluster;
      this.#position = first.position;
      return first.chunk;
    }
    this.#next++;
    this.#cluster = cluster;
    this.#position = 0;
    return chunk;
  }

  /** The chunk that was given last is taken: what follows in its cluster may come. */
  take(): void {
    const cluster = this.#cluster;
    const position = this.#position + 1;
    const chunk = cluster?.chunks[position];
    if (cluster !== undefined && chunk !== undefined)
      this.#followers.push({ cluster, position, chunk });
  }
}

/** A block as it would be made of the mempool. */
export interface ProjectedBlock {
  readonly weight: number;
  readonly fees: Sats;
  /** In the order of the block. */
  readonly chunks: readonly EntryChunk[];
}

/** Fills `count` blocks of `maxWeight` with the best chunks; what is left over is left out. */
export function projectBlocks(
  clusters: readonly Cluster[],
  maxWeight: number,
  count: number,
): ProjectedBlock[] {
  const blocks: { weight: number; fees: Sats; chunks: EntryChunk[] }[] = [];
  const best = new BestChunks(clusters);
  for (let chunk = best.next(); chunk !== undefined; chunk = best.next()) {
    let block = blocks[blocks.length - 1];
    if (block === undefined || block.weight + chunk.size > maxWeight) {
      if (blocks.length === count) break;
      block = { weight: 0, fees: 0, chunks: [] };
      blocks.push(block);
    }
    block.weight += chunk.size;
    block.chunks.push(chunk);
    for (const member of chunk.members) block.fees += member.fee;
    best.take();
  }
  return blocks;
}
