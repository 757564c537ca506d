import { witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";

/** Core: -blockreconstructionextratxn. */
const DEFAULT_SIZE = 100;

interface ExtraTransaction {
  readonly tx: TransactionView;
  readonly wtxid: Uint8Array;
}

/**
 * The last transactions that the mempool did not keep: refused, replaced, without parents. A miner may
 * have taken them all the same, and then a compact block is whole without asking. Core: vExtraTxnForCompact.
 */
export class ExtraTransactions {
  readonly #ring: ExtraTransaction[] = [];
  readonly #size: number;
  #next = 0;

  constructor(size: number = DEFAULT_SIZE) {
    this.#size = size;
  }

  add(tx: TransactionView, wtxid: Uint8Array = witnessTransactionId(tx)): void {
    if (this.#size === 0) return;
    // In bytes of its own: one transaction must not keep a whole block in memory.
    const own = tx.bytes.length === tx.totalSize ? tx : parseTransaction(tx.raw.slice());
    this.#ring[this.#next] = { tx: own, wtxid };
    this.#next = (this.#next + 1) % this.#size;
  }

  [Symbol.iterator](): IterableIterator<ExtraTransaction> {
    return this.#ring[Symbol.iterator]();
  }
}
