import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";

interface LockStore {
  putLocked(txid: Uint8Array, index: number): void;
  deleteLocked(txid: Uint8Array, index: number): void;
}

interface Lock extends OutPoint {
  readonly isPersistent: boolean;
}

/** Coins that are not to be spent, some of them also after the next start. Core: lockunspent. */
export class CoinLocks {
  readonly #store: LockStore;
  readonly #locks = new Map<string, Lock>();

  constructor(store: LockStore, stored: readonly OutPoint[]) {
    this.#store = store;
    for (const { txid, index } of stored)
      this.#locks.set(outpointKey(txid, index), { txid, index, isPersistent: true });
  }

  get coins(): readonly OutPoint[] {
    return [...this.#locks.values()].map(({ txid, index }) => ({ txid, index }));
  }

  has(key: string): boolean {
    return this.#locks.has(key);
  }

  add({ txid, index }: OutPoint, persistent: boolean): void {
    const key = outpointKey(txid, index);
    const isPersistent = persistent || (this.#locks.get(key)?.isPersistent ?? false);
    if (persistent) this.#store.putLocked(txid, index);
    this.#locks.set(key, { txid: txid.slice(), index, isPersistent });
  }

  remove({ txid, index }: OutPoint): void {
    this.spent(outpointKey(txid, index));
  }

  /** A lock on a coin that is spent is of no use. */
  spent(key: string): void {
    const lock = this.#locks.get(key);
    if (lock === undefined) return;
    if (lock.isPersistent) this.#store.deleteLocked(lock.txid, lock.index);
    this.#locks.delete(key);
  }

  clear(): void {
    for (const key of [...this.#locks.keys()]) this.spent(key);
  }
}
