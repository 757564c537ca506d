import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { listedUsage } from "./memory-usage.ts";

/** Bytes of memory that may be kept while a reorganisation runs. Core: MAX_DISCONNECTED_TX_POOL_BYTES. */
const MAX_BYTES = 20_000_000;

/**
 * The transactions of blocks that a reorganisation took off, until they can be looked at again.
 * Core: DisconnectedBlockTransactions.
 */
export class DisconnectedTransactions {
  /** Latest confirmed first. */
  readonly #txs = new Map<string, TransactionView>();
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#txs.size === 0;
  }

  /** Takes the transactions of the block that is now the tip's child; returns those that have no room. */
  add(block: Block): TransactionView[] {
    for (let i = block.transactions.length - 1; i >= 0; i--) {
      const tx = block.transactions[i] as TransactionView;
      this.#txs.set(hashKey(blockTxid(block, i)), tx);
      this.#bytes += listedUsage(tx);
    }
    const dropped: TransactionView[] = [];
    for (const [key, tx] of this.#txs) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#delete(key);
      dropped.push(tx);
    }
    return dropped;
  }

  /** The transactions of this block are confirmed again. */
  confirm(block: Block): void {
    if (this.isEmpty) return;
    for (let i = 0; i < block.transactions.length; i++) this.#delete(hashKey(blockTxid(block, i)));
  }

  /** Takes them all, earliest confirmed first. */
  take(): TransactionView[] {
    const txs = [...this.#txs.values()].reverse();
    this.#txs.clear();
    this.#bytes = 0;
    return txs;
  }

  #delete(key: string): void {
    const tx = this.#txs.get(key);
    if (tx === undefined) return;
    this.#txs.delete(key);
    this.#bytes -= listedUsage(tx);
  }
}
