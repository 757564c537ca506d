import type { OwnedOutput, WalletTransaction } from "./wallet-transaction.ts";

/**
 * The outputs that are ours, and what spends outpoints: ours, and all others that transactions of the
 * wallet spend. What is unspent is kept as it comes and goes. Keys are those of `outpointKey`.
 * Core: m_txos, mapTxSpends.
 */
export class CoinBook {
  readonly #outputs = new Map<string, OwnedOutput>();
  readonly #unspent = new Map<string, OwnedOutput>();
  readonly #spenders = new Map<string, WalletTransaction[]>();

  output(key: string): OwnedOutput | undefined {
    return this.#outputs.get(key);
  }

  /** Every output that ever was ours, spent or not. */
  outputs(): Iterable<OwnedOutput> {
    return this.#outputs.values();
  }

  unspent(): Iterable<OwnedOutput> {
    return this.#unspent.values();
  }

  /** Transactions of the wallet that spend an outpoint, oldest first. */
  spenders(key: string): readonly WalletTransaction[] {
    return this.#spenders.get(key) ?? [];
  }

  /** True when something that may still confirm, or did, spends it. Core: IsSpent. */
  isSpent(key: string): boolean {
    return this.spenders(key).some(counts);
  }

  addOutput(key: string, output: OwnedOutput): void {
    const isNew = !this.#outputs.has(key);
    this.#outputs.set(key, output);
    if (isNew) for (const spender of this.spenders(key)) takeDebit(spender, output.value, 1);
    this.refresh(key);
  }

  removeOutput(key: string): void {
    const output = this.#outputs.get(key);
    if (output === undefined) return;
    this.#outputs.delete(key);
    this.#unspent.delete(key);
    for (const spender of this.spenders(key)) takeDebit(spender, -output.value, -1);
  }

  addSpends(tx: WalletTransaction, keys: readonly string[]): void {
    for (const key of keys) {
      const known = this.#spenders.get(key);
      if (known === undefined) this.#spenders.set(key, [tx]);
      else known.push(tx);
      const spent = this.#outputs.get(key);
      if (spent !== undefined) takeDebit(tx, spent.value, 1);
      this.refresh(key);
    }
  }

  removeSpends(tx: WalletTransaction, keys: readonly string[]): void {
    for (const key of keys) {
      const left = this.spenders(key).filter((each) => each !== tx);
      if (left.length === 0) this.#spenders.delete(key);
      else this.#spenders.set(key, left);
      this.refresh(key);
    }
  }

  /** To be called when a transaction that spends it changed: the coin may be there again, or not. */
  refresh(key: string): void {
    const output = this.#outputs.get(key);
    if (output === undefined) return;
    if (this.isSpent(key)) this.#unspent.delete(key);
    else this.#unspent.set(key, output);
  }
}

function takeDebit(tx: WalletTransaction, value: number, inputs: number): void {
  tx.debit += value;
  tx.ownInputs += inputs;
}

function counts({ state, mempoolConflicts }: WalletTransaction): boolean {
  if (state.type === "conflicted" || mempoolConflicts.size > 0) return false;
  return state.type !== "inactive" || !state.abandoned || state.isVoid === true;
}
