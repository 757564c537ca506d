import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { COINBASE_MATURITY } from "@compeer/protocol/consensus/limits";
import { CoinBook } from "./coin-book.ts";
import { QuickFilter } from "./quick-filter.ts";
import { Coin, type WalletCoin } from "./wallet-coin.ts";
import type { OwnedScript } from "./wallet-descriptor.ts";
import type { OwnedOutput, TransactionState, WalletTransaction } from "./wallet-transaction.ts";

export type { WalletCoin } from "./wallet-coin.ts";
export type { TransactionState, WalletTransaction } from "./wallet-transaction.ts";

export interface Balance {
  readonly trusted: Sats;
  readonly untrustedPending: Sats;
  readonly immature: Sats;
}

export interface BalanceOptions {
  /** Confirmations that a trusted coin must have; 0. */
  readonly minDepth?: number;
  /** Leaves out coins of scripts that were spent from before (avoid_reuse). */
  readonly withoutReused?: boolean;
}

/** What the ledger asks its wallet. */
export interface LedgerOwner {
  find(script: Uint8Array): OwnedScript | null;
  isReused(script: Uint8Array): boolean;
  /** Core: m_spend_zero_conf_change. */
  readonly spendsUnconfirmedChange: boolean;
}

/**
 * The transactions of a wallet and its coins, in memory. Coins are kept as they come and go, so that no
 * question walks through all transactions. Core: CWallet::mapWallet.
 */
export class Ledger {
  /** Height of the last block that was looked at; -1 before the first. */
  height = -1;
  readonly #owner: LedgerOwner;
  readonly #transactions = new Map<string, WalletTransaction>();
  #ordered: WalletTransaction[] = [];
  readonly #coins = new CoinBook();
  /** Txids of our transactions and of all that they spend. */
  readonly #touched = new QuickFilter();
  #version = 0;
  readonly #balances = new Map<string, { readonly at: string; readonly balance: Balance }>();

  constructor(owner: LedgerOwner) {
    this.#owner = owner;
  }

  get size(): number {
    return this.#transactions.size;
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  get(key: string): WalletTransaction | undefined {
    return this.#transactions.get(key);
  }

  /** Oldest first. */
  inOrder(): readonly WalletTransaction[] {
    return this.#ordered;
  }

  /** Order of the next transaction that comes. */
  get nextOrder(): number {
    return (this.#ordered.at(-1)?.order ?? -1) + 1;
  }

  /** Confirmations: 0 unconfirmed, -n when a block n deep conflicts. Core: GetTxDepthInMainChain. */
  depth({ state }: WalletTransaction): number {
    if (state.type === "confirmed") return this.height - state.height + 1;
    if (state.type === "conflicted") return -(this.height - state.height + 1);
    return 0;
  }

  /** True for a coinbase that may not be spent yet. Core: IsTxImmatureCoinBase. */
  isImmature(tx: WalletTransaction): boolean {
    return tx.isCoinbase && this.depth(tx) <= COINBASE_MATURITY;
  }

  /** True when nobody else could take it back. Core: CachedTxIsTrusted. */
  isTrusted(tx: WalletTransaction, trusted: Set<WalletTransaction> = new Set()): boolean {
    if (tx.isConfirmed || trusted.has(tx)) return true;
    if (!this.#owner.spendsUnconfirmedChange || !tx.fromMe || !tx.inMempool) return false;
    const view = tx.view();
    for (let i = 0; i < view.inputCount; i++) {
      const coin = this.output(view.prevTxid(i), view.prevIndex(i));
      if (coin === undefined || !this.isTrusted(coin.transaction, trusted)) return false;
    }
    trusted.add(tx);
    return true;
  }

  /** Our coins that it spends. */
  debit(tx: WalletTransaction): Sats {
    return tx.debit;
  }

  /** What it pays to us; 0 while it is an immature coinbase. Core: CachedTxGetCredit. */
  credit(tx: WalletTransaction): Sats {
    if (this.isImmature(tx)) return 0;
    return tx.outputs.reduce((sum, { value }) => sum + value, 0);
  }

  /** The output of ours at an outpoint, spent or not. */
  output(txid: Uint8Array, index: number): OwnedOutput | undefined {
    return this.#coins.output(outpointKey(txid, index));
  }

  /** As `output`, by `outpointKey`. */
  outputAt(key: string): OwnedOutput | undefined {
    return this.#coins.output(key);
  }

  /** True when an outpoint is an output of ours, spent or not. */
  owns(key: string): boolean {
    return this.#coins.output(key) !== undefined;
  }

  /** False when a transaction surely spends nothing that we know of: for most of the world's. */
  mayTouch(tx: TransactionView): boolean {
    for (let i = 0; i < tx.inputCount; i++)
      if (this.#touched.mayHave(tx.bytes, tx.outpointAt(i))) return true;
    return false;
  }

  /** Every output that ever was ours, spent or not. */
  outputs(): Iterable<OwnedOutput> {
    return this.#coins.outputs();
  }

  /** Transactions of the wallet that spend an outpoint, oldest first. */
  spenders(key: string): readonly WalletTransaction[] {
    return this.#coins.spenders(key);
  }

  /** True when something that may still confirm, or did, spends it. Core: IsSpent. */
  isSpent(key: string): boolean {
    return this.#coins.isSpent(key);
  }

  /** Other transactions of the wallet that spend the same. Core: GetConflicts. */
  conflicts(tx: WalletTransaction): readonly WalletTransaction[] {
    const found = new Set<WalletTransaction>();
    for (const key of inputKeys(tx.view()))
      for (const other of this.spenders(key)) if (other !== tx) found.add(other);
    return [...found];
  }

  /** Our unspent outputs of transactions in a block or in the mempool. */
  coins(): readonly WalletCoin[] {
    const trusted = new Set<WalletTransaction>();
    const coins: WalletCoin[] = [];
    for (const output of this.#coins.unspent()) {
      const { transaction } = output;
      const depth = this.depth(transaction);
      if (depth > 0) coins.push(new Coin(output, depth, true));
      else if (depth === 0 && transaction.inMempool) {
        const { replaces, replacedBy } = transaction.notes;
        const isReplacement = replaces !== undefined || replacedBy !== undefined;
        const isSafe = this.isTrusted(transaction, trusted) && !isReplacement;
        coins.push(new Coin(output, depth, isSafe));
      }
    }
    return coins;
  }

  /** Core: GetBalance. */
  balance({ minDepth = 0, withoutReused = false }: BalanceOptions = {}): Balance {
    const name = `${minDepth} ${withoutReused}`;
    const at = `${this.#version} ${this.height}`;
    const known = this.#balances.get(name);
    if (known?.at === at) return known.balance;
    const balance = this.#computeBalance(minDepth, withoutReused);
    this.#balances.set(name, { at, balance });
    return balance;
  }

  #computeBalance(minDepth: number, withoutReused: boolean): Balance {
    let [trusted, untrustedPending, immature] = [0, 0, 0];
    const seen = new Set<WalletTransaction>();
    for (const { transaction, value, script } of this.#coins.unspent()) {
      if (withoutReused && this.#owner.isReused(script)) continue;
      if (transaction.isConfirmed && this.isImmature(transaction)) immature += value;
      else if (this.isTrusted(transaction, seen)) {
        if (this.depth(transaction) >= minDepth) trusted += value;
      } else if (transaction.inMempool) untrustedPending += value;
    }
    return { trusted, untrustedPending, immature };
  }

  /** Takes in a transaction that is not there yet. */
  add(tx: WalletTransaction): void {
    const view = tx.view();
    this.#transactions.set(tx.key, tx);
    this.#touched.add(tx.txid, 0);
    for (let i = 0; i < view.inputCount; i++) this.#touched.add(view.bytes, view.outpointAt(i));
    const last = this.#ordered.at(-1);
    this.#ordered.push(tx);
    if (last !== undefined && last.order > tx.order)
      this.#ordered.sort((a, b) => a.order - b.order);
    if (!tx.isCoinbase) this.#coins.addSpends(tx, inputKeys(view));
    this.#findOutputs(tx, view);
    this.#version++;
  }

  /** Notes which outputs are ours. Core: RefreshTXOsFromTx. */
  #findOutputs(tx: WalletTransaction, view: TransactionView): void {
    const outputs: OwnedOutput[] = [];
    for (let index = 0; index < view.outputCount; index++) {
      const script = view.outputScript(index);
      const owner = this.#owner.find(script);
      if (owner === null) continue;
      const value = view.outputValue(index);
      const output = { transaction: tx, index, value, script, owner };
      outputs.push(output);
      this.#coins.addOutput(tx.key + index, output);
    }
    tx.outputs = outputs;
  }

  /** Looks again at all outputs: scripts became ours. */
  refreshOutputs(): void {
    for (const tx of this.#ordered) this.#findOutputs(tx, tx.view());
    this.#version++;
  }

  /** Takes a transaction out as if it had never been there. */
  remove(tx: WalletTransaction): void {
    this.#transactions.delete(tx.key);
    this.#ordered = this.#ordered.filter((each) => each !== tx);
    for (const { index } of tx.outputs) this.#coins.removeOutput(tx.key + index);
    this.#coins.removeSpends(tx, inputKeys(tx.view()));
    this.#version++;
  }

  /** Changes where a transaction stands, and with it which coins are there. */
  setState(tx: WalletTransaction, state: TransactionState): void {
    tx.state = state;
    this.changed(tx);
  }

  /** To be called after a change that may free or bind the coins that a transaction spends. */
  changed(tx: WalletTransaction): void {
    for (const key of inputKeys(tx.view())) this.#coins.refresh(key);
    this.#version++;
  }

  /**
   * A transaction, then all that spend from it as far as `update` changes something.
   *
   * @param update true when it changed the transaction. Core: RecursiveUpdateTxState
   */
  forEachDescendant(tx: WalletTransaction, update: (each: WalletTransaction) => boolean): void {
    const waiting = [tx];
    const done = new Set(waiting);
    for (let now = waiting.pop(); now !== undefined; now = waiting.pop()) {
      if (!update(now)) continue;
      const { outputCount } = now.view();
      for (let index = 0; index < outputCount; index++)
        for (const spender of this.spenders(now.key + index))
          if (!done.has(spender)) {
            done.add(spender);
            waiting.push(spender);
          }
    }
  }
}

/** Keys of the outpoints that a transaction spends. */
export function inputKeys(view: TransactionView): string[] {
  const keys: string[] = [];
  for (let i = 0; i < view.inputCount; i++)
    keys.push(outpointKey(view.prevTxid(i), view.prevIndex(i)));
  return keys;
}
