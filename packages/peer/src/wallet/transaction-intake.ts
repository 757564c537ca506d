import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import type { BlockNode } from "../chain/block-node.ts";
import type { Clock } from "../clock/clock.ts";
import type { CoinLocks } from "./coin-locks.ts";
import { isTwin } from "./is-twin.ts";
import type { LabelBook } from "./label-book.ts";
import type { Ledger } from "./ledger.ts";
import type { ScriptBook } from "./script-book.ts";
import { smartTime } from "./smart-time.ts";
import type { TransactionStates } from "./transaction-states.ts";
import type { WalletStore } from "./wallet-store.ts";
import {
  type TransactionNotes,
  type TransactionState,
  WalletTransaction,
} from "./wallet-transaction.ts";

/** What transactions are taken into, and who is asked and told. */
export interface IntakeParts {
  readonly network: Network;
  readonly ledger: Ledger;
  readonly store: WalletStore;
  readonly scripts: ScriptBook;
  readonly labels: LabelBook;
  readonly locks: CoinLocks;
  readonly clock: Clock;
  /** True when spent scripts are remembered (avoid_reuse). */
  avoidsReuse(): boolean;
  /** A transaction came, or was seen again: what -walletnotify tells of. */
  seen(tx: WalletTransaction): void;
}

/** A block that a transaction stands in. */
export interface BlockPlace {
  readonly node: BlockNode;
  /** It was connected before the wallet knew the script: times come from the block. */
  readonly isOld: boolean;
}

/** Takes transactions into the ledger and its file, with what they mean for scripts, labels and locks. */
export class TransactionIntake {
  readonly #parts: IntakeParts;
  readonly #states: TransactionStates;

  constructor(parts: IntakeParts, states: TransactionStates) {
    this.#parts = parts;
    this.#states = states;
  }

  /**
   * Takes a transaction in when it is ours. Core: AddToWalletIfInvolvingMe.
   *
   * @param inputs keys of what it spends, as far as we may know some of it
   * @returns whether it is
   */
  take(
    tx: TransactionView,
    key: string,
    state: TransactionState,
    inputs: readonly string[],
    place: BlockPlace | null,
  ): boolean {
    const { ledger } = this.#parts;
    const known = ledger.get(key);
    const pays = this.pays(tx);
    if (known === undefined && !pays && !inputs.some((input) => ledger.owns(input))) return false;
    this.#parts.store.transaction(() => {
      if (pays) this.markUsed(tx);
      this.add(tx, key, state, inputs, place, {});
    });
    return true;
  }

  /** Whether an output of it is ours. */
  pays(tx: TransactionView): boolean {
    const { watched } = this.#parts.scripts;
    for (let i = 0; i < tx.outputCount; i++)
      if (watched.find(tx.outputScript(i)) !== null) return true;
    return false;
  }

  /** Scripts that were to be given out later are used: after a restore. */
  markUsed(tx: TransactionView): void {
    const { scripts, labels, network } = this.#parts;
    for (let i = 0; i < tx.outputCount; i++)
      for (const { script, descriptor } of scripts.pool.markUsed(tx.outputScript(i))) {
        const address = formatAddress(script, network);
        if (descriptor.active && descriptor.internal === false && address !== null)
          if (labels.get(address) === undefined) labels.put(address, "", "receive");
      }
  }

  /** Takes it in, ours or not. Core: AddToWallet. */
  add(
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
    if (tx.isCoinbase && state.type === "inactive") this.#states.abandonAll(tx);
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
    if (tx.isCoinbase && state.type === "inactive") this.#states.abandonAll(tx);
    if (wasVoid && state.type === "confirmed") this.#states.reviveAll(tx);
    this.#parts.seen(tx);
  }
}
