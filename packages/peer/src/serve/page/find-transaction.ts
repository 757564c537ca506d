import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import type { Mempool } from "../../mempool/mempool.ts";

/** Outputs that are tried: an unspent one tells the height of its transaction. */
const OUTPUTS = 16;
/** Blocks that are searched from the tip down at most, and for how long. */
export const MOST_SEARCHED = 144;
const SEARCH_MS = 300;

/** Where a transaction stands; in a block, with what it stands in. */
export type FoundTransaction =
  | { readonly place: "mempool"; readonly tx: TransactionView }
  | {
      readonly place: "block";
      readonly tx: TransactionView;
      readonly index: number;
      readonly block: Block;
      readonly node: BlockNode;
    };

/**
 * Looks for a transaction without an index: in the mempool, in the block that somebody names, in the
 * block of an output that is unspent, and in the last blocks. Null when it is in none of them.
 *
 * @param depth how many of the last blocks
 */
export async function findTransaction(
  chain: Chain,
  mempool: Mempool,
  txid: Uint8Array,
  named: BlockNode | null,
  depth: number,
): Promise<FoundTransaction | null> {
  const entry = mempool.get(hashKey(txid));
  if (entry !== undefined) return { place: "mempool", tx: entry.tx };
  if (named !== null) {
    const found = await findInBlock(chain, named, txid);
    if (found !== null) return found;
  }
  for (let index = 0; index < OUTPUTS; index++) {
    const coin = await chain.coin(txid, index);
    const node = coin === null ? null : chain.at(coin.height);
    if (node !== null) return findInBlock(chain, node, txid);
  }
  const end = performance.now() + SEARCH_MS;
  const last = Math.max(0, chain.tip.height - depth + 1);
  for (let height = chain.tip.height; height >= last && performance.now() < end; height--) {
    const node = chain.at(height);
    const found = node === null ? null : await findInBlock(chain, node, txid);
    if (found !== null) return found;
  }
  return null;
}

async function findInBlock(
  chain: Chain,
  node: BlockNode,
  txid: Uint8Array,
): Promise<FoundTransaction | null> {
  const block = node.haveData ? await chain.block(node) : null;
  if (block === null) return null;
  const index = block.transactions.findIndex((_, i) => equalBytes(blockTxid(block, i), txid));
  const tx = block.transactions[index];
  return tx === undefined ? null : { place: "block", tx, index, block, node };
}
