import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { ClusterOrder } from "./cluster-order.ts";
import { Cluster, type MempoolEntry, relatives } from "./mempool-entry.ts";

/** Bytes of an outpoint: txid and output number. */
const OUTPOINT_SIZE = 36;

/**
 * The transactions of the mempool and how they hang together, without any policy. Adding and removing
 * keeps four things in step: the indexes, the links, the clusters and the totals.
 */
export class TransactionPool {
  readonly #byTxid = new Map<string, MempoolEntry>();
  readonly #byWtxid = new Map<string, MempoolEntry>();
  /** Outpoint to the entry that spends it. */
  readonly #spenders = new Map<string, MempoolEntry>();
  readonly #order: ClusterOrder = new ClusterOrder(() => this.clusters());
  #vsize = 0;
  #usage = 0;
  #fees = 0;
  /** Is told of every cluster that is made. */
  clusterMade: (cluster: Cluster) => void = () => {};

  get size(): number {
    return this.#byTxid.size;
  }

  /** Virtual bytes of all entries. */
  get vsize(): number {
    return this.#vsize;
  }

  /** Estimated bytes of memory. */
  get usage(): number {
    return this.#usage;
  }

  get fees(): Sats {
    return this.#fees;
  }

  /** In the order they came. */
  entries(): Iterable<MempoolEntry> {
    return this.#byTxid.values();
  }

  get(txidKey: string): MempoolEntry | undefined {
    return this.#byTxid.get(txidKey);
  }

  getByWtxid(wtxidKey: string): MempoolEntry | undefined {
    return this.#byWtxid.get(wtxidKey);
  }

  /** The entry that spends the same outpoint as an input of `tx`, itself perhaps. */
  spender(tx: TransactionView, input: number): MempoolEntry | undefined {
    return this.#spenders.get(outpointKey(tx, input));
  }

  /** The entry that spends an output. */
  spenderOf(txid: Uint8Array, index: number): MempoolEntry | undefined {
    return this.#spenders.get(hashKey(txid) + indexKey(index));
  }

  /** Entries whose outputs `tx` spends. */
  parentsOf(tx: TransactionView): Set<MempoolEntry> {
    const parents = new Set<MempoolEntry>();
    for (let i = 0; i < tx.inputCount; i++) {
      const parent = this.#byTxid.get(hashKey(tx.prevTxid(i)));
      if (parent !== undefined) parents.add(parent);
    }
    return parents;
  }

  /** Entries that spend outputs of a transaction, whether or not it is here itself. */
  spendersOf(txidKey: string, outputCount: number): Set<MempoolEntry> {
    const spenders = new Set<MempoolEntry>();
    for (let i = 0; i < outputCount; i++) {
      const spender = this.#spenders.get(txidKey + indexKey(i));
      if (spender !== undefined) spenders.add(spender);
    }
    return spenders;
  }

  /** Adds an entry whose outpoints nobody else spends, and links it to its parents and children. */
  add(entry: MempoolEntry): void {
    const { tx } = entry;
    this.#byTxid.set(entry.txidKey, entry);
    this.#byWtxid.set(entry.wtxidKey, entry);
    for (let i = 0; i < tx.inputCount; i++) this.#spenders.set(outpointKey(tx, i), entry);
    for (const parent of this.parentsOf(tx)) link(parent, entry);
    // Only a transaction that comes back out of a block can have children here already.
    for (const child of this.spendersOf(entry.txidKey, tx.outputCount)) link(entry, child);
    this.#vsize += entry.vsize;
    this.#usage += entry.usage;
    this.#fees += entry.fee;
    // Last, so that equals are mined in the order they came, also when they come back out of a block.
    const members = new Set<MempoolEntry>();
    for (const neighbour of [...entry.parents, ...entry.children])
      for (const member of neighbour.cluster.members) members.add(member);
    this.#makeCluster(members.add(entry));
  }

  /** Changes the fee that an entry is compared with. */
  setModifiedFee(entry: MempoolEntry, fee: Sats): void {
    entry.modifiedFee = fee;
    this.#makeCluster(entry.cluster.members);
  }

  /** Removes entries; what stays must not need them any more, or be on its way out as well. */
  remove(entries: Iterable<MempoolEntry>): void {
    const gone = new Set(entries);
    const clusters = new Set<Cluster>();
    for (const entry of gone) {
      clusters.add(entry.cluster);
      this.#unlink(entry);
    }
    for (const cluster of clusters) this.#end(cluster);
    for (const cluster of clusters)
      this.#splitCluster(cluster.members.filter((member) => !gone.has(member)));
  }

  /** Some entries with all that need them. */
  withDescendants(entries: Iterable<MempoolEntry>): Set<MempoolEntry> {
    const found = new Set<MempoolEntry>();
    for (const entry of entries) {
      if (found.has(entry)) continue;
      for (const member of relatives(entry, "children")) found.add(member);
    }
    return found;
  }

  *clusters(): Generator<Cluster> {
    for (const entry of this.#byTxid.values())
      if (entry.cluster.members[0] === entry) yield entry.cluster;
  }

  /** All clusters by their first chunk, best rate first; right until the next change. */
  clustersByRate(): readonly Cluster[] {
    return this.#order.bestFirst();
  }

  /** Does most of the work of the next `clustersByRate` in short steps. */
  prepareClusters(): Generator<void, void> {
    return this.#order.prepare();
  }

  #makeCluster(members: Iterable<MempoolEntry>): void {
    const cluster = new Cluster([...members]);
    for (const member of cluster.members) {
      this.#end(member.cluster);
      member.cluster = cluster;
    }
    cluster.live = true;
    this.#order.made(cluster);
    this.clusterMade(cluster);
  }

  #end(cluster: Cluster): void {
    if (!cluster.live) return;
    cluster.live = false;
    this.#order.ended();
  }

  /** Gives entries that may not hang together any more the clusters they now form. */
  #splitCluster(members: readonly MempoolEntry[]): void {
    const left = new Set(members);
    for (const start of members) {
      if (!left.has(start)) continue;
      const found = new Set([start]);
      for (const member of found) {
        left.delete(member);
        for (const parent of member.parents) found.add(parent);
        for (const child of member.children) found.add(child);
      }
      this.#makeCluster(found);
    }
  }

  #unlink(entry: MempoolEntry): void {
    const { tx } = entry;
    this.#byTxid.delete(entry.txidKey);
    this.#byWtxid.delete(entry.wtxidKey);
    for (let i = 0; i < tx.inputCount; i++) this.#spenders.delete(outpointKey(tx, i));
    for (const parent of entry.parents) parent.children.delete(entry);
    for (const child of entry.children) child.parents.delete(entry);
    this.#vsize -= entry.vsize;
    this.#usage -= entry.usage;
    this.#fees -= entry.fee;
  }
}

function link(parent: MempoolEntry, child: MempoolEntry): void {
  parent.children.add(child);
  child.parents.add(parent);
}

function outpointKey(tx: TransactionView, input: number): string {
  const at = tx.outpointAt(input);
  return hashKey(tx.bytes.subarray(at, at + OUTPOINT_SIZE));
}

/** An output number as `outpointKey` has it: four bytes, low first. */
function indexKey(index: number): string {
  return String.fromCharCode(index & 255, (index >>> 8) & 255, (index >>> 16) & 255, index >>> 24);
}
