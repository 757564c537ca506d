import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { dustOutputs } from "@compeer/protocol/policy/dust";
import type { MempoolEntry } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";

/**
 * An output of dust is only taken from a transaction without a fee: nobody mines that alone.
 * Core: PreCheckEphemeralTx.
 */
export function checkDustFee(entry: MempoolEntry, dustRate: Sats): MempoolFault | null {
  if (entry.fee === 0 && entry.modifiedFee === 0) return null;
  if (dustOutputs(entry.tx, dustRate).length === 0) return null;
  return mempoolFault("not-standard", "dust", "tx with dust output must be 0-fee");
}

/** A child must spend all dust of its parents, so that none of it stays behind. Core: CheckEphemeralSpends. */
export function checkDustSpent(entry: MempoolEntry, dustRate: Sats): MempoolFault | null {
  for (const parent of entry.parents)
    for (const output of dustOutputs(parent.tx, dustRate))
      if (!spends(entry.tx, parent.txid, output)) return unspentDust(entry);
  return null;
}

function spends(tx: TransactionView, txid: Uint8Array, output: number): boolean {
  for (let i = 0; i < tx.inputCount; i++)
    if (tx.prevIndex(i) === output && equalBytes(tx.prevTxid(i), txid)) return true;
  return false;
}

function unspentDust({ txid, wtxid }: MempoolEntry): MempoolFault {
  return mempoolFault(
    "mempool-policy",
    "missing-ephemeral-spends",
    `tx ${formatHash(txid)} (wtxid=${formatHash(wtxid)}) did not spend parent's ephemeral dust`,
  );
}
