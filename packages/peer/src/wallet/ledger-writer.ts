import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { BlockNode } from "../chain/block-node.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { RemovalReason } from "../mempool/mempool-parts.ts";
import { inputKeys } from "./ledger.ts";
import { MempoolConflicts } from "./mempool-conflicts.ts";
import { type BlockPlace, type IntakeParts, TransactionIntake } from "./transaction-intake.ts";
import { ABANDONED, IN_MEMPOOL, INACTIVE, TransactionStates } from "./transaction-states.ts";
import type {
  TransactionNotes,
  TransactionState,
  WalletTransaction,
} from "./wallet-transaction.ts";

/** What the writer works on. */
interface WriterParts extends IntakeParts {
  readonly mempool: Mempool;
  /** A transaction changed. */
  changed(tx: WalletTransaction): void;
  /** A transaction that was void may be sent again. */
  revived(tx: WalletTransaction): void;
}

const TRUC_VERSION = 3;

/**
 * Carries what happens in blocks and in the mempool over to the ledger and its file. Core: CWallet's
 * AddToWalletIfInvolvingMe, MarkConflicted, blockConnected, transactionAddedToMempool and their like.
 */
export class LedgerWriter {
  /** Where transactions stand. */
  readonly states: TransactionStates;
  readonly #parts: WriterParts;
  readonly #intake: TransactionIntake;
  readonly #conflicts: MempoolConflicts;
  /** Left the mempool for a block that was not looked at yet. */
  readonly #mined = new Set<WalletTransaction>();

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.states = new TransactionStates(parts);
    this.#intake = new TransactionIntake(parts, this.states);
    this.#conflicts = new MempoolConflicts(parts.ledger);
  }

  /** Looks at every transaction of a connected block; true when one is ours. */
  connectBlock(block: Block, place: BlockPlace): boolean {
    const { node } = place;
    let isOurs = false;
    for (let index = 0; index < block.transactions.length; index++) {
      const tx = block.transactions[index] as TransactionView;
      if (!this.#mayConcern(tx)) continue;
      const txid = blockTxid(block, index);
      const state: TransactionState = {
        type: "confirmed",
        blockHash: node.hash.slice(),
        height: node.height,
        index,
      };
      if (this.#confirm(tx, hashKey(txid), state, place)) isOurs = true;
    }
    return isOurs;
  }

  /** False for most of the world's: it pays nothing to us and touches nothing that we know of. */
  #mayConcern(tx: TransactionView): boolean {
    return this.#parts.ledger.mayTouch(tx) || this.#intake.pays(tx);
  }

  #confirm(
    tx: TransactionView,
    key: string,
    state: TransactionState & { readonly type: "confirmed" },
    place: BlockPlace,
  ): boolean {
    const { ledger } = this.#parts;
    const inputs = ledger.mayTouch(tx) ? inputKeys(tx) : [];
    for (const input of inputs)
      for (const other of ledger.spenders(input))
        if (other.key !== key) this.states.markConflicted(other, state);
    const isOurs = this.#intake.take(tx, key, state, inputs, place);
    for (const input of inputs)
      for (const other of [...ledger.spenders(input)]) this.#conflicts.clear(other, key);
    return isOurs;
  }

  /** Looks at every transaction of a block that leaves the chain, the coinbase being void from now on. */
  disconnectBlock(block: Block, node: BlockNode): void {
    const { ledger, mempool } = this.#parts;
    for (let index = block.transactions.length - 1; index >= 0; index--) {
      const tx = block.transactions[index] as TransactionView;
      const key = hashKey(blockTxid(block, index));
      const inputs = ledger.mayTouch(tx) ? inputKeys(tx) : [];
      const inPool = mempool.get(key) !== undefined;
      this.#intake.take(
        tx,
        key,
        index === 0 ? ABANDONED : inPool ? IN_MEMPOOL : INACTIVE,
        inputs,
        null,
      );
      for (const input of inputs)
        for (const other of [...ledger.spenders(input)])
          this.states.freeConflicted(other, node.height);
    }
  }

  /** Core: transactionAddedToMempool. */
  addedToMempool(tx: TransactionView, txid: Uint8Array): void {
    const { ledger } = this.#parts;
    const inputs = ledger.mayTouch(tx) ? inputKeys(tx) : [];
    const key = hashKey(txid);
    const known = ledger.get(key);
    // While the blocks of a reorganisation are still to be looked at, the mempool is ahead of us.
    if (known?.state.type !== "confirmed") this.#intake.take(tx, key, IN_MEMPOOL, inputs, null);
    for (const input of inputs)
      for (const other of [...ledger.spenders(input)])
        if (other.key !== key) this.#conflicts.add(other, key);
    if (tx.version === TRUC_VERSION) this.#conflicts.bindSiblings(tx, key);
  }

  /** Core: transactionRemovedFromMempool. */
  removedFromMempool(tx: TransactionView, txid: Uint8Array, reason: RemovalReason): void {
    const { ledger } = this.#parts;
    const key = hashKey(txid);
    const known = ledger.get(key);
    // Its block will say where it stands.
    if (reason === "block" && known !== undefined) this.#mined.add(known);
    else if (known?.state.type === "mempool") this.states.setState(known, INACTIVE);
    if (known !== undefined && reason === "conflict") this.#parts.seen(known);
    if (ledger.mayTouch(tx))
      for (const input of inputKeys(tx))
        for (const other of [...ledger.spenders(input)]) this.#conflicts.clear(other, key);
    if (tx.version === TRUC_VERSION) this.#conflicts.freeSiblings(tx, key);
  }

  /** To be called at the tip: whatever left the mempool for a block and is in none is inactive. */
  settle(): void {
    for (const tx of this.#mined)
      if (tx.inMempool && this.#parts.mempool.get(tx.key) === undefined)
        this.states.setState(tx, INACTIVE);
    this.#mined.clear();
  }

  /** Adds a transaction that we made. Core: CommitTransaction's first half. */
  addOwn(raw: Uint8Array, notes: TransactionNotes): WalletTransaction {
    const view = parseTransaction(raw);
    const key = hashKey(transactionId(view));
    const { store, ledger } = this.#parts;
    return store.transaction(() => {
      this.#intake.markUsed(view);
      this.#intake.add(view, key, INACTIVE, inputKeys(view), null, notes);
      return ledger.get(key) as WalletTransaction;
    });
  }

  /** Adds a transaction whose block the owner proved. Core: importprunedfunds. */
  addConfirmed(raw: Uint8Array, node: BlockNode, index: number): void {
    const view = parseTransaction(raw);
    const key = hashKey(transactionId(view));
    const blockHash = node.hash.slice();
    const state: TransactionState = { type: "confirmed", blockHash, height: node.height, index };
    const place = { node, isOld: false };
    this.#parts.store.transaction(() => {
      this.#intake.markUsed(view);
      this.#intake.add(view, key, state, inputKeys(view), place, {});
    });
  }

  /** Takes a transaction out of ledger and file. */
  remove(tx: WalletTransaction): void {
    this.#parts.store.deleteTransaction(tx.key);
    this.#parts.ledger.remove(tx);
    this.#parts.changed(tx);
  }

  setNotes(tx: WalletTransaction, notes: TransactionNotes): void {
    tx.notes = notes;
    this.#parts.store.putTransaction(tx.record());
    this.#parts.ledger.changed(tx);
    this.#parts.changed(tx);
  }
}
