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
 * caller skips takes the rest of its cluster with it: what follows may need it.
 *
 * @param clusters by their first chunk, best rate first
 * @param take says whether a chunk is taken; "stop" ends it all
 */
export function visitBestChunks(
  clusters: readonly Cluster[],
  take: (chunk: EntryChunk) => "taken" | "skipped" | "stop",
): void {
  const followers = new Heap<Follower>([], (a, b) => compareChunks(a.chunk, b.chunk) < 0);
  let next = 0;
  for (;;) {
    let cluster = clusters[next];
    let position = 0;
    let chunk = cluster?.chunks[0];
    const { first } = followers;
    if (first !== undefined && (chunk === undefined || compareChunks(first.chunk, chunk) < 0)) {
      followers.pop();
      ({ cluster, position, chunk } = first);
    } else next++;
    if (cluster === undefined || chunk === undefined) return;
    const answer = take(chunk);
    if (answer === "stop") return;
    const follower = cluster.chunks[position + 1];
    if (answer === "taken" && follower !== undefined)
      followers.push({ cluster, position: position + 1, chunk: follower });
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
