import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";

/** True when two transactions differ in signatures only. Core: IsEquivalentTo. */
export function isTwin(a: TransactionView, b: TransactionView): boolean {
  if (a.inputCount !== b.inputCount || a.outputCount !== b.outputCount) return false;
  if (a.version !== b.version || a.lockTime !== b.lockTime) return false;
  for (let i = 0; i < a.inputCount; i++)
    if (spentBy(a, i) !== spentBy(b, i) || a.sequence(i) !== b.sequence(i)) return false;
  for (let i = 0; i < a.outputCount; i++)
    if (a.outputValue(i) !== b.outputValue(i) || !equalBytes(a.outputScript(i), b.outputScript(i)))
      return false;
  return true;
}

function spentBy(tx: TransactionView, input: number): string {
  return outpointKey(tx.prevTxid(input), tx.prevIndex(input));
}
