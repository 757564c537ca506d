import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import type { ChainState } from "./chain-state.ts";
import type { PreparedBlock } from "./prepared-block.ts";

/** A coin as of the tip, whether or not the coins already have a pending block applied. */
export async function coinAtTip(
  state: ChainState,
  txid: Uint8Array,
  index: number,
): Promise<Coin | null> {
  for (;;) {
    const { tip, pending } = state;
    const before = pending === null ? undefined : beforePending(pending, txid, index);
    const coin = before === undefined ? await state.coins.get(txid, index) : before;
    if (state.tip === tip && state.pending === pending) return coin;
  }
}

/** What the coin was before the pending block changed it; undefined when the block leaves it alone. */
function beforePending(
  { block, spent }: PreparedBlock,
  txid: Uint8Array,
  index: number,
): Coin | null | undefined {
  for (const tx of block.transactions) {
    if (equalBytes(block.txids.subarray(32 * tx.index, 32 * tx.index + 32), txid)) return null;
    for (let input = 0; tx.index > 0 && input < tx.inputCount; input++)
      if (tx.prevIndex(input) === index && equalBytes(tx.prevTxid(input), txid))
        return spent.coin(tx.firstInput + input);
  }
  return undefined;
}
