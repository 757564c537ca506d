import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";

/** Keys of the txids that `tx` spends, each once. */
export function parentKeys(tx: TransactionView): string[] {
  const keys = new Set<string>();
  for (let i = 0; i < tx.inputCount; i++) keys.add(hashKey(tx.prevTxid(i)));
  return [...keys];
}

/** Keys of the outpoints that `tx` spends. */
export function outpointKeys(tx: TransactionView): string[] {
  const keys: string[] = [];
  for (let i = 0; i < tx.inputCount; i++) {
    const at = tx.outpointAt(i);
    keys.push(hashKey(tx.bytes.subarray(at, at + 36)));
  }
  return keys;
}
