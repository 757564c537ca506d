import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import type { Mempool } from "../../mempool/mempool.ts";

/** Highest sequence number by which an input says that its transaction may be replaced (BIP125). */
const MAX_BIP125_SEQUENCE = 0xfffffffd;

/** Whether a transaction or one that it needs says that it may be replaced (BIP125). Core: IsRBFOptIn. */
export function replaceability(
  mempool: Mempool,
  tx: TransactionView,
  txidKey: string,
): "yes" | "no" | "unknown" {
  if (signals(tx)) return "yes";
  const entry = mempool.get(txidKey);
  if (entry === undefined) return "unknown";
  return [...mempool.ancestors(entry)].some((ancestor) => signals(ancestor.tx)) ? "yes" : "no";
}

function signals(tx: TransactionView): boolean {
  for (let i = 0; i < tx.inputCount; i++) if (tx.sequence(i) <= MAX_BIP125_SEQUENCE) return true;
  return false;
}
