import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";

/** Bounds of the whole pool and of one orphan. Core: DEFAULT_MAX_ORPHAN_TRANSACTIONS, MAX_STANDARD_TX_WEIGHT. */
const MAX_ORPHANS = 100;
const MAX_WEIGHT = 400_000;

interface Orphan {
  readonly tx: TransactionView;
  readonly key: string;
  readonly peerId: number;
  readonly parents: readonly string[];
}

/** Transactions whose parents we lack, few and for a while (CVE-2012-3789). */
export class Orphanage {
  /** By wtxid, oldest first. */
  readonly #orphans = new Map<string, Orphan>();
  readonly #byParent = new Map<string, Set<string>>();

  has(wtxidKey: string): boolean {
    return this.#orphans.has(wtxidKey);
  }

  get size(): number {
    return this.#orphans.size;
  }

  add(tx: TransactionView, wtxidKey: string, peerId: number): boolean {
    if (tx.weight > MAX_WEIGHT || this.#orphans.has(wtxidKey)) return false;
    const parents = parentKeys(tx);
    this.#orphans.set(wtxidKey, { tx, key: wtxidKey, peerId, parents });
    for (const parent of parents) {
      const children = this.#byParent.get(parent);
      if (children === undefined) this.#byParent.set(parent, new Set([wtxidKey]));
      else children.add(wtxidKey);
    }
    while (this.#orphans.size > MAX_ORPHANS) this.#evict();
    return true;
  }

  /** The oldest of whoever has sent the most. */
  #evict(): void {
    const counts = new Map<number, number>();
    let worst = -1;
    for (const { peerId } of this.#orphans.values()) {
      const count = (counts.get(peerId) ?? 0) + 1;
      counts.set(peerId, count);
      if (count > (counts.get(worst) ?? 0)) worst = peerId;
    }
    const oldest = [...this.#orphans.values()].find(({ peerId }) => peerId === worst);
    if (oldest !== undefined) this.remove(oldest.key);
  }

  /** Orphans that wait for the transaction with this txid. */
  children(txidKey: string): Orphan[] {
    const keys = [...(this.#byParent.get(txidKey) ?? [])];
    return keys.map((key) => this.#orphans.get(key) as Orphan);
  }

  get(wtxidKey: string): Orphan | undefined {
    return this.#orphans.get(wtxidKey);
  }

  remove(wtxidKey: string): void {
    const orphan = this.#orphans.get(wtxidKey);
    if (orphan === undefined) return;
    this.#orphans.delete(wtxidKey);
    for (const parent of orphan.parents) {
      const children = this.#byParent.get(parent);
      children?.delete(wtxidKey);
      if (children?.size === 0) this.#byParent.delete(parent);
    }
  }

  removePeer(peerId: number): void {
    for (const orphan of [...this.#orphans.values()])
      if (orphan.peerId === peerId) this.remove(orphan.key);
  }

  /** Drops what a block confirmed or made impossible: whatever spends what the block's inputs spend. */
  removeSpenders(outpoints: ReadonlySet<string>): number {
    let count = 0;
    for (const orphan of [...this.#orphans.values()]) {
      if (!outpointKeys(orphan.tx).some((key) => outpoints.has(key))) continue;
      this.remove(orphan.key);
      count++;
    }
    return count;
  }
}

/** Keys of the txids that `tx` spends, each once. */
export function parentKeys(tx: TransactionView): string[] {
  const keys = new Set<string>();
  for (let i = 0; i < tx.inputCount; i++) keys.add(hashKey(tx.prevTxid(i)));
  return [...keys];
}

/** Keys of the outpoints that `tx` spends. */
export function outpointKeys(tx: TransactionView): string[] {
  const keys: string[] = [];
  for (let i = 0; i < tx.inputCount; i++) {
    const at = tx.outpointAt(i);
    keys.push(hashKey(tx.bytes.subarray(at, at + 36)));
  }
  return keys;
}
