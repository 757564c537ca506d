import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { decodeTransaction, type Transaction } from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { keyHash } from "@compeer/protocol/bytes/hash";
import type { OwnedScript } from "./wallet-descriptor.ts";

/** Where a transaction stands. Core: src/wallet/transaction.h, TxState. */
export type TransactionState =
  | {
      readonly type: "confirmed";
      readonly blockHash: Uint8Array;
      readonly height: number;
      /** Position in the block. */
      readonly index: number;
    }
  | { readonly type: "mempool" }
  /** Neither in a block nor in the mempool. */
  | {
      readonly type: "inactive";
      readonly abandoned: boolean;
      /** Abandoned for the time being: it rests on a reward whose block the chain does not know (yet). */
      readonly isVoid?: true;
    }
  /** A block holds another transaction that spends the same. */
  | { readonly type: "conflicted"; readonly blockHash: Uint8Array; readonly height: number };

/** What is said about a transaction and not in it. */
export interface TransactionNotes {
  readonly comment?: string;
  readonly to?: string;
  /** Txid hex of the transaction that this one replaced. */
  readonly replaces?: string;
  readonly replacedBy?: string;
  /** Messages of payment links (BIP21). */
  readonly messages?: readonly string[];
}

/** An output of a transaction that is ours. */
export interface OwnedOutput {
  readonly transaction: WalletTransaction;
  readonly index: number;
  readonly value: Sats;
  readonly script: Uint8Array;
  readonly owner: OwnedScript;
}

/** A transaction as it is stored. */
export interface TransactionRecord {
  /** hashKey of the txid. */
  readonly key: string;
  readonly raw: Uint8Array;
  /** Position among all: grows with each that comes. */
  readonly order: number;
  readonly timeReceived: number;
  readonly timeSmart: number;
  readonly state: TransactionState;
  readonly notes: TransactionNotes;
}

/** A transaction that pays us or that we pay with. Only the ledger changes it. Core: CWalletTx. */
export class WalletTransaction {
  readonly key: string;
  readonly order: number;
  readonly timeReceived: number;
  /** Time to show: when it was first seen, or its block's where that is a better guess. */
  readonly timeSmart: number;
  state: TransactionState;
  notes: TransactionNotes;
  /** Keys of mempool transactions that spend the same as this one or as one that it needs. */
  readonly mempoolConflicts: Set<string> = new Set();
  /** Key of the one child that a version 3 transaction may have in the mempool. */
  trucChild: string | null = null;
  /** Our coins that it spends, in satoshis. */
  debit: Sats = 0;
  /** How many inputs spend coins of ours. */
  ownInputs = 0;
  outputs: readonly OwnedOutput[] = [];
  #raw: Uint8Array;
  #tx: WeakRef<Transaction> | null = null;
  #coinbase: boolean | null = null;

  constructor(record: TransactionRecord) {
    this.key = record.key;
    this.order = record.order;
    this.timeReceived = record.timeReceived;
    this.timeSmart = record.timeSmart;
    this.state = record.state;
    this.notes = record.notes;
    this.#raw = record.raw;
  }

  get txid(): Uint8Array {
    return keyHash(this.key);
  }

  get wtxid(): Uint8Array {
    return this.tx.wtxid;
  }

  get raw(): Uint8Array {
    return this.#raw;
  }

  /** Takes the bytes with the witness for those without. */
  setRaw(raw: Uint8Array): void {
    this.#raw = raw;
    this.#tx = null;
  }

  /** Decoded when asked for, and kept no longer than it is used. */
  get tx(): Transaction {
    const known = this.#tx?.deref();
    if (known !== undefined) return known;
    const tx = decodeTransaction(this.#raw);
    this.#tx = new WeakRef(tx);
    return tx;
  }

  view(): TransactionView {
    const view = parseTransaction(this.#raw);
    this.#coinbase ??= view.isCoinbase;
    return view;
  }

  get isCoinbase(): boolean {
    return this.#coinbase ?? this.view().isCoinbase;
  }

  /** True when it spends a coin of ours. Core: IsFromMe. */
  get fromMe(): boolean {
    return this.ownInputs > 0;
  }

  get isConfirmed(): boolean {
    return this.state.type === "confirmed";
  }

  get inMempool(): boolean {
    return this.state.type === "mempool";
  }

  /** Abandoned for good. */
  get isGivenUp(): boolean {
    return this.state.type === "inactive" && this.state.abandoned && this.state.isVoid !== true;
  }

  get isAbandoned(): boolean {
    return this.state.type === "inactive" && this.state.abandoned;
  }

  get comment(): string {
    return this.notes.comment ?? "";
  }

  get to(): string {
    return this.notes.to ?? "";
  }

  get replaces(): string | null {
    return this.notes.replaces ?? null;
  }

  get replacedBy(): string | null {
    return this.notes.replacedBy ?? null;
  }

  /** What the store keeps of it. */
  record(): TransactionRecord {
    const { key, raw, order, timeReceived, timeSmart, state, notes } = this;
    return { key, raw, order, timeReceived, timeSmart, state, notes };
  }
}
