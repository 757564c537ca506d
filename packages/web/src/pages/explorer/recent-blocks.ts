import { useEffect, useState } from "preact/hooks";
import { rpc } from "../../rpc.ts";
import { tip } from "../../state/chain.ts";
import { type BlockSummary, loadSummary } from "./block-summary.ts";

type Known = BlockSummary & { readonly previous: string | null };

/** Summaries by hash, so that a block is asked for once. */
const known = new Map<string, Known>();
const MAX_KNOWN = 64;

/** The last blocks of the active chain, newest first; what is known of them while more is on its way. */
export function useRecentBlocks(count: number): readonly BlockSummary[] {
  const [blocks, setBlocks] = useState<readonly BlockSummary[]>([]);
  const head = tip.value?.hash ?? null;
  useEffect(() => {
    if (head === null) return;
    let current = true;
    walkBack(head, count)
      .then((found) => {
        if (current) setBlocks(found);
      })
      // A block that vanished in between comes again with the next tip.
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [head, count]);
  return blocks;
}

async function walkBack(head: string, count: number): Promise<readonly BlockSummary[]> {
  const found: BlockSummary[] = [];
  let hash: string | null = head;
  while (hash !== null && found.length < count) {
    const block: Known = known.get(hash) ?? (await load(hash));
    found.push(block);
    hash = block.previous;
  }
  return found;
}

async function load(hash: string): Promise<Known> {
  const [summary, header] = await Promise.all([
    loadSummary(hash),
    rpc<{ previousblockhash?: string }>("getblockheader", [hash]),
  ]);
  const block = { ...summary, previous: header.previousblockhash ?? null };
  known.set(hash, block);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_KNOWN) break;
    known.delete(oldest);
  }
  return block;
}
