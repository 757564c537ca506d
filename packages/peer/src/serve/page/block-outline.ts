import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import { feeOf } from "../rpc/transaction-json.ts";

/**
 * What the page's picture and list of a block need of its transactions, a column each and in the block's
 * order. A whole block in JSON is some ten megabytes, this a tenth of one. Amounts are satoshis.
 */
export interface BlockOutline {
  readonly hash: string;
  readonly weights: readonly number[];
  /** Null for the coinbase, and where nobody knows any more what was spent. */
  readonly fees: readonly (number | null)[];
  /** Sums of outputs. */
  readonly values: readonly number[];
  /** Script of the coinbase's input in hex. */
  readonly coinbase: string;
}

/** Reads a block's outline; null when the block is not on this disk. */
export async function blockOutline(chain: Chain, node: BlockNode): Promise<BlockOutline | null> {
  const block = node.haveData ? await chain.block(node) : null;
  if (block === null) return null;
  const spent = node.haveUndo ? await chain.readSpent(node, block) : null;
  const { transactions } = block;
  const [coinbase] = transactions;
  return {
    hash: formatHash(node.hash),
    weights: transactions.map(({ weight }) => weight),
    fees: transactions.map((tx) => knownFee(tx, spent)),
    values: transactions.map(outputSum),
    coinbase: coinbase === undefined ? "" : encodeHex(coinbase.inputScript(0)),
  };
}

function knownFee(tx: TransactionView, spent: SpentCoins | null): number | null {
  return spent === null || tx.isCoinbase ? null : feeOf(tx, spent);
}

function outputSum(tx: TransactionView): number {
  let sum = 0;
  for (let i = 0; i < tx.outputCount; i++) sum += tx.outputValue(i);
  return sum;
}
