import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
import { DisconnectedTransactions } from "./disconnected-transactions.ts";
import { type MempoolEntry, relatives } from "./mempool-entry.ts";
import type { RemovalReason } from "./mempool-parts.ts";
import { isMinable } from "./minable.ts";
import type { TransactionPool } from "./transaction-pool.ts";

/** What following the chain asks of the mempool. */
export interface FollowSteps {
  remove(entries: Iterable<MempoolEntry>, reason: RemovalReason): void;
  /** Nothing is added to this transaction's fee any more. */
  forgetDelta(txidKey: string): void;
  /** Takes a transaction back in; false when it cannot be. */
  revive(tx: TransactionView): Promise<boolean>;
  /** Lets go what has no room. */
  limit(): void;
  coinsOf(tx: TransactionView): Promise<SpentCoins>;
}

/** Keeps the pool in step with the blocks that come and go. */
export class ChainFollower {
  readonly #pool: TransactionPool;
  readonly #steps: FollowSteps;
  readonly #disconnected = new DisconnectedTransactions();
  #isBehind = false;

  constructor(pool: TransactionPool, steps: FollowSteps) {
    this.#pool = pool;
    this.#steps = steps;
  }

  /** True while blocks were disconnected and their transactions not looked at yet. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Drops what the block confirmed and what it made impossible; returns the former. Core: removeForBlock. */
  blockConnected(block: Block): readonly MempoolEntry[] {
    this.#disconnected.confirm(block);
    const confirmed: MempoolEntry[] = [];
    for (let i = 0; i < block.transactions.length; i++) {
      const key = hashKey(blockTxid(block, i));
      const entry = this.#pool.get(key);
      if (entry !== undefined) confirmed.push(entry);
      this.#steps.forgetDelta(key);
    }
    this.#steps.remove(confirmed, "block");
    if (this.#pool.size > 0) for (const tx of block.transactions) this.#removeConflicts(tx);
    return confirmed;
  }

  blockDisconnected(block: Block, revives: boolean): void {
    this.#isBehind = true;
    const dropped = revives ? this.#disconnected.add(block) : block.transactions;
    for (const tx of dropped) this.#removeWithSpenders(tx);
  }

  /** What a reorganisation took out of blocks comes back where it can. Core: MaybeUpdateMempoolForReorg. */
  async catchUp(tip: ChainPoint): Promise<void> {
    for (const tx of this.#disconnected.take())
      if (tx.isCoinbase || !(await this.#steps.revive(tx))) this.#removeWithSpenders(tx);
    const lost: MempoolEntry[] = [];
    for (const entry of [...this.#pool.entries()])
      if (!(await isMinable(entry, tip, ({ tx }) => this.#steps.coinsOf(tx)))) lost.push(entry);
    this.#steps.remove(this.#pool.withDescendants(lost), "reorg");
    this.#steps.limit();
    this.#isBehind = false;
  }

  #removeConflicts(tx: TransactionView): void {
    for (let i = 0; i < tx.inputCount; i++) {
      const conflict = this.#pool.spender(tx, i);
      if (conflict === undefined) continue;
      this.#steps.forgetDelta(conflict.txidKey);
      this.#steps.remove(relatives(conflict, "children"), "conflict");
    }
  }

  /** Takes a transaction out, or what spends it when it is not here itself. Core: removeRecursive. */
  #removeWithSpenders(tx: TransactionView): void {
    const key = hashKey(transactionId(tx));
    const entry = this.#pool.get(key);
    const first = entry === undefined ? this.#pool.spendersOf(key, tx.outputCount) : [entry];
    this.#steps.remove(this.#pool.withDescendants(first), "reorg");
  }
}
