import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { LOCKTIME_THRESHOLD } from "./limits.ts";

const SEQUENCE_FINAL = 0xffffffff;

/**
 * May `tx` be in a block at `height`, with `time` as the time to compare with: the parent's median time
 * past (BIP113), before that rule the block's own time? Core: IsFinalTx.
 */
export function isFinal(tx: TransactionView, height: number, time: number): boolean {
  const lockTime = tx.lockTime;
  if (lockTime === 0) return true;
  if (lockTime < (lockTime < LOCKTIME_THRESHOLD ? height : time)) return true;
  for (let i = 0; i < tx.inputCount; i++) if (tx.sequence(i) !== SEQUENCE_FINAL) return false;
  return true;
}
