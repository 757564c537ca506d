import type { Coin } from "@compeer/protocol/bitcoin/coin";
import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { Wallet } from "../wallet.ts";

/** The coin at an outpoint, of the mempool or of the chain, spent in the mempool or not. Core: findCoins. */
export async function findCoin(
  { chain, mempool }: Pick<Wallet, "chain" | "mempool">,
  { txid, index }: OutPoint,
): Promise<Coin | null> {
  const tx = mempool.get(hashKey(txid))?.tx;
  if (tx === undefined) return chain.coin(txid, index);
  if (index >= tx.outputCount) return null;
  return {
    value: tx.outputValue(index),
    script: tx.outputScript(index),
    height: chain.tip.height + 1,
    coinbase: false,
  };
}
