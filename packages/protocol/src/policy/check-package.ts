import { transactionId } from "../bitcoin/transaction-id.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { hashKey } from "../bytes/hash.ts";

export const MAX_PACKAGE_COUNT = 25;
const MAX_PACKAGE_WEIGHT = 404_000;

/** Why some transactions are no package. Core: the reasons of IsWellFormedPackage. */
export type PackageFormFault =
  | "package-too-many-transactions"
  | "package-too-large"
  | "package-contains-duplicates"
  | "package-not-sorted"
  | "conflict-in-package";

/** Few enough, small enough, parents first, and no two that spend the same. Core: IsWellFormedPackage. */
export function checkPackage(txs: readonly TransactionView[]): PackageFormFault | null {
  if (txs.length > MAX_PACKAGE_COUNT) return "package-too-many-transactions";
  const weight = txs.reduce((sum, tx) => sum + tx.weight, 0);
  // One large transaction alone is refused by its own size, with the reason for that.
  if (txs.length > 1 && weight > MAX_PACKAGE_WEIGHT) return "package-too-large";
  // By txid: two witnesses of one transaction are duplicates as well.
  const txids = new Set(txs.map((tx) => hashKey(transactionId(tx))));
  if (txids.size < txs.length) return "package-contains-duplicates";
  if (!isSorted(txs)) return "package-not-sorted";
  return spendsTwice(txs) ? "conflict-in-package" : null;
}

/** True when each transaction is a parent of the last one; two at least. Core: IsChildWithParents. */
export function isChildWithParents(txs: readonly TransactionView[]): boolean {
  const child = txs[txs.length - 1];
  if (child === undefined || txs.length < 2) return false;
  const needed = spentTxids(child);
  return txs.slice(0, -1).every((tx) => needed.has(hashKey(transactionId(tx))));
}

/** As `isChildWithParents`, and no parent spends another. Core: IsChildWithParentsTree. */
export function isChildWithParentsTree(txs: readonly TransactionView[]): boolean {
  if (!isChildWithParents(txs)) return false;
  const parents = txs.slice(0, -1);
  const txids = new Set(parents.map((tx) => hashKey(transactionId(tx))));
  return parents.every((tx) => [...spentTxids(tx)].every((txid) => !txids.has(txid)));
}

function spentTxids(tx: TransactionView): Set<string> {
  const txids = new Set<string>();
  for (let i = 0; i < tx.inputCount; i++) txids.add(hashKey(tx.prevTxid(i)));
  return txids;
}

function isSorted(txs: readonly TransactionView[]): boolean {
  const later = new Set(txs.map((tx) => hashKey(transactionId(tx))));
  for (const tx of txs) {
    for (let i = 0; i < tx.inputCount; i++) if (later.has(hashKey(tx.prevTxid(i)))) return false;
    later.delete(hashKey(transactionId(tx)));
  }
  return true;
}

function spendsTwice(txs: readonly TransactionView[]): boolean {
  const spent = new Set<string>();
  for (const tx of txs) {
    // Without inputs nothing tells it apart.
    if (tx.inputCount === 0) return true;
    const own: string[] = [];
    for (let i = 0; i < tx.inputCount; i++) {
      const at = tx.outpointAt(i);
      own.push(hashKey(tx.bytes.subarray(at, at + 36)));
    }
    // Twice within one transaction is that transaction's own fault.
    if (own.some((outpoint) => spent.has(outpoint))) return true;
    for (const outpoint of own) spent.add(outpoint);
  }
  return false;
}
