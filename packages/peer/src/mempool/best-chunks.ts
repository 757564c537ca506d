import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { compareRates } from "@compeer/protocol/policy/fee-rate";
import { Heap } from "./heap.ts";
import type { Cluster, EntryChunk } from "./mempool-entry.ts";

interface Front {
  readonly cluster: Cluster;
  readonly position: number;
  readonly chunk: EntryChunk;
}

/**
 * The chunks of all clusters, best rate first and those of one cluster in its order. A chunk that the
 * caller skips takes the rest of its cluster with it: what follows may need it.
 *
 * @param take says whether a chunk is taken; "stop" ends it all
 */
export function visitBestChunks(
  clusters: Iterable<Cluster>,
  take: (chunk: EntryChunk) => "taken" | "skipped" | "stop",
): void {
  const fronts: Front[] = [];
  for (const cluster of clusters) {
    const chunk = cluster.chunks[0];
    if (chunk !== undefined) fronts.push({ cluster, position: 0, chunk });
  }
  const heap = new Heap(fronts, isBetter);
  for (let front = heap.pop(); front !== undefined; front = heap.pop()) {
    const { cluster, position } = front;
    const answer = take(front.chunk);
    if (answer === "stop") return;
    const chunk = cluster.chunks[position + 1];
    if (answer === "taken" && chunk !== undefined)
      heap.push({ cluster, position: position + 1, chunk });
  }
}

/** At the same rate the smaller goes first, then by txid, so that the order does not depend on arrival. */
function isBetter(a: Front, b: Front): boolean {
  const order = compareRates(a.chunk, b.chunk) || b.chunk.size - a.chunk.size;
  if (order !== 0) return order > 0;
  return (a.chunk.members[0]?.txidKey ?? "") < (b.chunk.members[0]?.txidKey ?? "");
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
  clusters: Iterable<Cluster>,
  maxWeight: number,
  count: number,
): ProjectedBlock[] {
  const blocks: { weight: number; fees: Sats; chunks: EntryChunk[] }[] = [];
  visitBestChunks(clusters, (chunk) => {
    let block = blocks[blocks.length - 1];
    if (block === undefined || block.weight + chunk.size > maxWeight) {
      if (blocks.length === count) return "stop";
      block = { weight: 0, fees: 0, chunks: [] };
      blocks.push(block);
    }
    block.weight += chunk.size;
    block.chunks.push(chunk);
    for (const member of chunk.members) block.fees += member.fee;
    return "taken";
  });
  return blocks;
}
