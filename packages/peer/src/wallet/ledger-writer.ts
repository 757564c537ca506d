import { formatAddress } from "@compeer/protocol/bitcoin/address";
import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { BlockNode } from "../chain/block-node.ts";
import type { Clock } from "../clock/clock.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { RemovalReason } from "../mempool/mempool-parts.ts";
import type { CoinLocks } from "./coin-locks.ts";
import { isTwin } from "./is-twin.ts";
import type { LabelBook } from "./label-book.ts";
import { inputKeys, type Ledger } from "./ledger.ts";
import { MempoolConflicts } from "./mempool-conflicts.ts";
import type { ScriptBook } from "./script-book.ts";
import { smartTime } from "./smart-time.ts";
import { ABANDONED, IN_MEMPOOL, INACTIVE, TransactionStates } from "./transaction-states.ts";
import type { WalletStore } from "./wallet-store.ts";
import {
  type TransactionNotes,
  type TransactionState,
  WalletTransaction,
} from "./wallet-transaction.ts";

/** What the writer works on. */
export interface WriterParts {
  readonly network: Network;
  readonly ledger: Ledger;
  readonly store: WalletStore;
  readonly scripts: ScriptBook;
  readonly labels: LabelBook;
  readonly locks: CoinLocks;
  readonly mempool: Mempool;
  readonly clock: Clock;
  /** True when spent scripts are remembered (avoid_reuse). */
  avoidsReuse(): boolean;
  /** A transaction changed. */
  changed(tx: WalletTransaction): void;
  /** A transaction that was void may be sent again. */
  revived(tx: WalletTransaction): void;
  /** A transaction came, or was seen again: what -walletnotify tells of. */
  seen(tx: WalletTransaction): void;
}

/** A block that a transaction stands in. */
export interface BlockPlace {
  readonly node: BlockNode;
  /** It was connected before the wallet knew the script: times come from the block. */
  readonly isOld: boolean;
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
  readonly #conflicts: MempoolConflicts;
  /** Left the mempool for a block that was not looked at yet. */
  readonly #mined = new Set<WalletTransaction>();

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.states = new TransactionStates(parts);
    this.#conflicts = new MempoolConflicts(parts.ledger);
  }

  /** Looks at every transaction of a connected block; true when one is ours. */
  connectBlock(block: Block, place: BlockPlace): boolean {
    const { node } = place;
    let isOurs = false;
    for (let index = 0; index < block.transactions.length; index++) {
      const tx = block.transactions[index] as TransactionView;
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
    const isOurs = this.#take(tx, key, state, inputs, place);
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
      this.#take(tx, key, index === 0 ? ABANDONED : inPool ? IN_MEMPOOL : INACTIVE, inputs, null);
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
    if (known?.state.type !== "confirmed") this.#take(tx, key, IN_MEMPOOL, inputs, null);
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
      this.#markUsed(view);
      this.#add(view, key, INACTIVE, inputKeys(view), null, notes);
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
      this.#markUsed(view);
      this.#add(view, key, state, inputKeys(view), place, {});
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

  /** Takes a transaction in when it is ours. Core: AddToWalletIfInvolvingMe. */
  #take(
    tx: TransactionView,
    key: string,
    state: TransactionState,
    inputs: readonly string[],
    place: BlockPlace | null,
  ): boolean {
    const { ledger, scripts } = this.#parts;
    const known = ledger.get(key);
    let pays = false;
    for (let i = 0; i < tx.outputCount; i++)
      if (scripts.watched.find(tx.outputScript(i)) !== null) pays = true;
    if (known === undefined && !pays && !inputs.some((input) => ledger.owns(input))) return false;
    this.#parts.store.transaction(() => {
      if (pays) this.#markUsed(tx);
      this.#add(tx, key, state, inputs, place, {});
    });
    return true;
  }

  /** Scripts that were to be given out later are used: after a restore. */
  #markUsed(tx: TransactionView): void {
    const { scripts, labels, network } = this.#parts;
    for (let i = 0; i < tx.outputCount; i++)
      for (const { script, descriptor } of scripts.pool.markUsed(tx.outputScript(i))) {
        const address = formatAddress(script, network);
        if (descriptor.active && descriptor.internal === false && address !== null)
          if (labels.get(address) === undefined) labels.put(address, "", "receive");
      }
  }

  /** Core: AddToWallet. */
  #add(
    view: TransactionView,
    key: string,
    state: TransactionState,
    inputs: readonly string[],
    place: BlockPlace | null,
    notes: TransactionNotes,
  ): void {
    const { ledger, avoidsReuse } = this.#parts;
    if (avoidsReuse()) for (const input of inputs) this.#markReused(input);
    const known = ledger.get(key);
    if (known === undefined) this.#insert(view, key, state, inputs, place, notes);
    else this.#change(known, view, state, notes);
  }

  #markReused(input: string): void {
    const { ledger, labels, network } = this.#parts;
    const output = ledger.outputAt(input);
    const address = output === undefined ? null : formatAddress(output.script, network);
    if (address !== null) labels.markUsed(address);
  }

  #insert(
    view: TransactionView,
    key: string,
    state: TransactionState,
    inputs: readonly string[],
    place: BlockPlace | null,
    notes: TransactionNotes,
  ): void {
    const { ledger, store, clock, locks } = this.#parts;
    const timeReceived = clock.now();
    const tx = new WalletTransaction({
      key,
      raw: view.raw.slice(),
      order: ledger.nextOrder,
      timeReceived,
      timeSmart: smartTime(timeReceived, ledger.inOrder(), place),
      state,
      notes: this.#notesOfClone(view, inputs) ?? notes,
    });
    if (!tx.isCoinbase) for (const input of inputs) locks.spent(input);
    ledger.add(tx);
    store.putTransaction(tx.record());
    if (tx.isCoinbase && state.type === "inactive") this.states.abandonAll(tx);
    this.#parts.seen(tx);
  }

  /** A malleated twin is told what was said about the first one. Core: SyncMetaData. */
  #notesOfClone(view: TransactionView, inputs: readonly string[]): TransactionNotes | null {
    for (const input of inputs)
      for (const other of this.#parts.ledger.spenders(input))
        if (isTwin(other.view(), view)) return other.notes;
    return null;
  }

  #change(
    tx: WalletTransaction,
    view: TransactionView,
    state: TransactionState,
    notes: TransactionNotes,
  ): void {
    const { store, ledger } = this.#parts;
    if (view.hasWitness && !tx.view().hasWitness) tx.setRaw(view.raw.slice());
    if (Object.keys(notes).length > 0) tx.notes = notes;
    const wasVoid = tx.state.type === "inactive" && tx.state.isVoid === true;
    ledger.setState(tx, state);
    store.putTransaction(tx.record());
    if (tx.isCoinbase && state.type === "inactive") this.states.abandonAll(tx);
    if (wasVoid && state.type === "confirmed") this.states.reviveAll(tx);
    this.#parts.seen(tx);
  }
}
