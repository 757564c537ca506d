import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { Ledger } from "./ledger.ts";
import type { WalletTransaction } from "./wallet-transaction.ts";

/** Which transactions of a wallet cannot confirm while others are in the mempool. */
export class MempoolConflicts {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** A version 3 transaction has at most one child in the mempool: its other spenders must wait. */
  bindSiblings(tx: TransactionView, key: string): void {
    for (const parent of this.#parents(tx)) {
      if (parent.isConfirmed || parent.state.type === "conflicted") continue;
      parent.trucChild = key;
      for (const sibling of this.#children(parent)) if (sibling.key !== key) this.add(sibling, key);
    }
  }

  /** Its other spenders need not wait any more. */
  freeSiblings(tx: TransactionView, key: string): void {
    for (const parent of this.#parents(tx)) {
      if (parent.trucChild !== key) continue;
      parent.trucChild = null;
      for (const sibling of this.#children(parent)) this.clear(sibling, key);
    }
  }

  *#parents(tx: TransactionView): Iterable<WalletTransaction> {
    for (let i = 0; i < tx.inputCount; i++) {
      const parent = this.#ledger.get(hashKey(tx.prevTxid(i)));
      if (parent !== undefined) yield parent;
    }
  }

  #children(parent: WalletTransaction): readonly WalletTransaction[] {
    const { outputCount } = parent.view();
    const children: WalletTransaction[] = [];
    for (let index = 0; index < outputCount; index++)
      children.push(...this.#ledger.spenders(parent.key + index));
    return children;
  }

  /** Notes that a mempool transaction spends the same, for it and all that spend from it. */
  add(tx: WalletTransaction, key: string): void {
    const ledger = this.#ledger;
    ledger.forEachDescendant(tx, (each) => {
      if (each.mempoolConflicts.has(key)) return false;
      each.mempoolConflicts.add(key);
      ledger.changed(each);
      return true;
    });
  }

  /** Takes that back. */
  clear(tx: WalletTransaction, key: string): void {
    const ledger = this.#ledger;
    ledger.forEachDescendant(tx, (each) => {
      if (!each.mempoolConflicts.delete(key)) return false;
      ledger.changed(each);
      return true;
    });
  }
}
