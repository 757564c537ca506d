import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { readU32 } from "@compeer/protocol/bytes/reader";
import { isUnspendable } from "@compeer/protocol/script/templates";

/** A coin that a block makes or spends. */
interface NamedCoin {
  readonly txid: Uint8Array;
  readonly index: number;
  readonly coin: Coin;
}

/** Every output of a transaction that somebody may spend, as the coin that it makes. */
export function* createdCoins(block: Block, position: number, height: number): Iterable<NamedCoin> {
  const tx = block.transactions[position] as TransactionView;
  const txid = blockTxid(block, position);
  for (let index = 0; index < tx.outputCount; index++) {
    const script = tx.outputScript(index);
    if (isUnspendable(script)) continue;
    const coin = { value: tx.outputValue(index), script, height, coinbase: position === 0 };
    yield { txid, index, coin };
  }
}

/** Every coin that a transaction spends; a coinbase spends none. */
export function* spentCoins(
  block: Block,
  position: number,
  spent: SpentCoins,
): Iterable<NamedCoin> {
  if (position === 0) return;
  const tx = block.transactions[position] as TransactionView;
  for (let input = 0; input < tx.inputCount; input++)
    yield {
      txid: tx.prevTxid(input),
      index: readU32(tx.bytes, tx.outpointAt(input) + 32),
      coin: spent.coin(tx.firstInput + input),
    };
}

/** Satoshis in outputs that nobody can spend. */
export function unspendableAmount(tx: TransactionView): number {
  let sum = 0;
  for (let index = 0; index < tx.outputCount; index++)
    if (isUnspendable(tx.outputScript(index))) sum += tx.outputValue(index);
  return sum;
}
