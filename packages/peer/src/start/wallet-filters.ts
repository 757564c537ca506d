import { matchesGolombFilter } from "@compeer/protocol/filters/golomb-filter";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import type { BlockFilterIndex } from "../indexes/block-filter-index.ts";
import type { BlockFilters } from "../wallet/rescan.ts";

interface Indexed {
  readonly blockFilters: Pick<BlockFilterIndex, "position" | "filter"> | null;
}

/** What a rescan asks of the index of block filters (BIP158); null where there is none. */
export function walletFilters(
  chain: Pick<Chain, "node" | "at" | "contains">,
  { blockFilters }: Indexed,
): BlockFilters | null {
  if (blockFilters === null) return null;
  return {
    covers(height) {
      const { position } = blockFilters;
      const node = position === null ? null : chain.node(position);
      return node !== null && node.height >= height && chain.contains(node);
    },
    async *matches(first, last, scripts) {
      const items = [...scripts].filter((script) => script.length > 0);
      for (let height = first; height <= last; height++)
        if (await mayMatch(blockFilters, chain.at(height), items)) yield height;
    },
  };
}

/** A block whose filter is not there is read: nothing must be missed. */
async function mayMatch(
  index: Pick<BlockFilterIndex, "filter">,
  node: BlockNode | null,
  items: readonly Uint8Array[],
): Promise<boolean> {
  const filter = node === null ? null : await index.filter(node);
  if (node === null || filter === null) return true;
  return matchesGolombFilter(filter, node.hash, items);
}
