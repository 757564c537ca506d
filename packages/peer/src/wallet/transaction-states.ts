import type { Mempool } from "../mempool/mempool.ts";
import type { Ledger } from "./ledger.ts";
import type { WalletStore } from "./wallet-store.ts";
import type { TransactionState, WalletTransaction } from "./wallet-transaction.ts";

export const INACTIVE: TransactionState = { type: "inactive", abandoned: false };
export const ABANDONED: TransactionState = { type: "inactive", abandoned: true };
export const IN_MEMPOOL: TransactionState = { type: "mempool" };
const VOID: TransactionState = { type: "inactive", abandoned: true, isVoid: true };

interface StateParts {
  readonly ledger: Ledger;
  readonly store: WalletStore;
  readonly mempool: Mempool;
  /** A transaction changed. */
  changed(tx: WalletTransaction): void;
  /** A transaction that was void may be sent again. */
  revived(tx: WalletTransaction): void;
}

/** Where transactions of a wallet stand, in the ledger and in its file; what happens to one happens to all that spend from it. */
export class TransactionStates {
  readonly #parts: StateParts;

  constructor(parts: StateParts) {
    this.#parts = parts;
  }

  /** What conflicted with a block that is gone may confirm again. */
  freeConflicted(tx: WalletTransaction, height: number): void {
    const { ledger } = this.#parts;
    ledger.forEachDescendant(tx, (each) => {
      if (each.state.type !== "conflicted" || each.state.height < height) return false;
      this.setState(each, this.unconfirmedState(each.key));
      return true;
    });
  }

  /** In the mempool or in none. */
  unconfirmedState(key: string): TransactionState {
    return this.#parts.mempool.get(key) === undefined ? INACTIVE : IN_MEMPOOL;
  }

  /** Gives up a transaction and what spends from it; false when it stands in a block or the mempool. */
  abandon(tx: WalletTransaction): boolean {
    const { ledger, store } = this.#parts;
    if (ledger.depth(tx) !== 0 || tx.inMempool) return false;
    store.transaction(() =>
      ledger.forEachDescendant(tx, (each) => {
        if (each.state.type !== "inactive" || each.isGivenUp) return false;
        this.setState(each, ABANDONED);
        this.#parts.changed(each);
        return true;
      }),
    );
    return true;
  }

  /** Asks the mempool where an unconfirmed transaction stands: after a load. */
  refresh(tx: WalletTransaction): void {
    if (tx.state.type === "inactive" && this.#parts.mempool.get(tx.key) !== undefined)
      this.setState(tx, IN_MEMPOOL);
  }

  /**
   * Notes that blocks above a height are not known any more: after a kill the chain stands behind what
   * the wallet has seen. Payments from their rewards wait for them and keep their coins.
   */
  forgetBlocksAbove(height: number): void {
    const { ledger, store } = this.#parts;
    store.transaction(() => {
      const gone = ledger
        .inOrder()
        .filter(({ state }) => "height" in state && state.height > height);
      for (const tx of gone) this.setState(tx, this.unconfirmedState(tx.key));
      for (const tx of gone) if (tx.isCoinbase) this.abandonAll(tx, VOID);
    });
  }

  /** A coinbase whose block is gone never comes back, nor what spent it. */
  abandonAll(coinbase: WalletTransaction, state: TransactionState = ABANDONED): void {
    this.#parts.ledger.forEachDescendant(coinbase, (each) => {
      if (!each.isGivenUp) this.setState(each, state);
      return true;
    });
  }

  /** A block came back: what was void with its reward is not any more. */
  reviveAll(coinbase: WalletTransaction): void {
    this.#parts.ledger.forEachDescendant(coinbase, (each) => {
      if (each === coinbase) return true;
      if (each.state.type !== "inactive" || each.state.isVoid !== true) return false;
      this.setState(each, this.unconfirmedState(each.key));
      this.#parts.revived(each);
      return true;
    });
  }

  /** Core: MarkConflicted. */
  markConflicted(
    tx: WalletTransaction,
    { blockHash, height }: { readonly blockHash: Uint8Array; readonly height: number },
  ): void {
    const { ledger } = this.#parts;
    const depth = -(ledger.height - height + 1);
    if (depth >= 0) return;
    ledger.forEachDescendant(tx, (each) => {
      if (depth >= ledger.depth(each)) return false;
      this.setState(each, { type: "conflicted", blockHash, height });
      this.#parts.changed(each);
      return true;
    });
  }

  /** Writes where one stands. */
  setState(tx: WalletTransaction, state: TransactionState): void {
    this.#parts.ledger.setState(tx, state);
    this.#parts.store.putTransaction(tx.record());
  }
}
