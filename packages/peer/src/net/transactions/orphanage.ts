import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { type KeptOrphan, type Orphan, type OrphanAnnouncement, PeerUse } from "./orphan.ts";
import { outpointKeys } from "./spent-keys.ts";

/** Larger ones are not standard and not kept. Core: MAX_STANDARD_TX_WEIGHT. */
const MAX_WEIGHT = 400_000;

/** Bounds of the whole. */
interface OrphanageLimits {
  /** Announcements and a tenth of the inputs, of all. Core: DEFAULT_MAX_ORPHANAGE_LATENCY_SCORE. */
  readonly latency: number;
  /** Weight that each peer may fill. Core: DEFAULT_RESERVED_ORPHAN_WEIGHT_PER_PEER. */
  readonly weightPerPeer: number;
}

const LIMITS: OrphanageLimits = { latency: 3000, weightPerPeer: 404_000 };

/**
 * Transactions whose parents we lack, in bounded memory (CVE-2012-3789) and such that no peer can push
 * out what another has sent: when all together are too much, whoever takes more than its share loses its
 * oldest. Core: TxOrphanage.
 */
export class Orphanage {
  readonly #limits: OrphanageLimits;
  readonly #byWtxid = new Map<string, KeptOrphan>();
  readonly #byOutpoint = new Map<string, Set<KeptOrphan>>();
  readonly #peers = new Map<number, PeerUse>();
  #announcements = 0;
  #weight = 0;
  #inputScore = 0;
  #order = 0;

  constructor(limits: OrphanageLimits = LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byWtxid.size;
  }

  /** Weight of all, each counted once. */
  get weight(): number {
    return this.#weight;
  }

  /** What going through all of them costs, in announcements. */
  get latency(): number {
    return this.#announcements + this.#inputScore;
  }

  has(wtxidKey: string): boolean {
    return this.#byWtxid.has(wtxidKey);
  }

  get(wtxidKey: string): Orphan | undefined {
    return this.#byWtxid.get(wtxidKey);
  }

  isFrom(wtxidKey: string, peerId: number): boolean {
    return this.#byWtxid.get(wtxidKey)?.announcers.has(peerId) ?? false;
  }

  orphans(): Iterable<Orphan> {
    return this.#byWtxid.values();
  }

  /** False when it was here already, then the peer is one more that has it, or is too large. */
  add(tx: TransactionView, txid: Uint8Array, wtxid: Uint8Array, peerId: number): boolean {
    const wtxidKey = hashKey(wtxid);
    if (tx.weight > MAX_WEIGHT || this.isFrom(wtxidKey, peerId)) return false;
    const known = this.#byWtxid.get(wtxidKey);
    const orphan: KeptOrphan = known ?? {
      tx,
      txid,
      wtxid,
      wtxidKey,
      announcers: new Map(),
      retriedBy: null,
    };
    if (known === undefined) this.#link(orphan);
    this.#announce(orphan, peerId);
    return known === undefined && this.#byWtxid.has(wtxidKey);
  }

  /** One more peer has it. */
  addAnnouncer(wtxidKey: string, peerId: number): void {
    const orphan = this.#byWtxid.get(wtxidKey);
    if (orphan !== undefined && !orphan.announcers.has(peerId)) this.#announce(orphan, peerId);
  }

  #link(orphan: KeptOrphan): void {
    this.#byWtxid.set(orphan.wtxidKey, orphan);
    for (const key of outpointKeys(orphan.tx)) {
      const spenders = this.#byOutpoint.get(key) ?? new Set();
      this.#byOutpoint.set(key, spenders.add(orphan));
    }
    this.#weight += orphan.tx.weight;
    this.#inputScore += inputScore(orphan);
  }

  #announce(orphan: KeptOrphan, peerId: number): void {
    const announcement = { orphan, order: this.#order++ };
    orphan.announcers.set(peerId, announcement);
    const use = this.#peers.get(peerId) ?? new PeerUse();
    this.#peers.set(peerId, use);
    use.idle.add(announcement);
    use.weight += orphan.tx.weight;
    use.latency += 1 + inputScore(orphan);
    this.#announcements++;
    this.#limit();
  }

  /** Orphans of a peer that spend an output of the transaction, newest first. */
  childrenFrom(peerId: number, txid: Uint8Array, outputs: number): Orphan[] {
    const found: OrphanAnnouncement[] = [];
    for (const { announcers } of this.#spendersOf(txid, outputs)) {
      const announcement = announcers.get(peerId);
      if (announcement !== undefined) found.push(announcement);
    }
    return found.sort((a, b) => b.order - a.order).map(({ orphan }) => orphan);
  }

  #spendersOf(txid: Uint8Array, outputs: number): Set<KeptOrphan> {
    const found = new Set<KeptOrphan>();
    if (this.#byOutpoint.size === 0) return found;
    const outpoint = new Uint8Array(36);
    outpoint.set(txid);
    const view = new DataView(outpoint.buffer);
    for (let i = 0; i < outputs; i++) {
      view.setUint32(32, i, true);
      for (const orphan of this.#byOutpoint.get(hashKey(outpoint)) ?? []) found.add(orphan);
    }
    return found;
  }

  /**
   * A parent came: its children are to be tried again, each by one of those who have it, drawn by lot,
   * so that nobody can hold an orphan up by going away.
   *
   * @param draw a whole number below its argument
   * @returns the peers that have work now
   */
  parentCame(txid: Uint8Array, outputs: number, draw: (below: number) => number): Set<number> {
    const workers = new Set<number>();
    for (const orphan of this.#spendersOf(txid, outputs)) {
      if (orphan.retriedBy !== null) continue;
      const peers = [...orphan.announcers.keys()];
      const peerId = peers[draw(peers.length)] as number;
      this.#give(orphan, peerId);
      workers.add(peerId);
    }
    return workers;
  }

  #give(orphan: KeptOrphan, peerId: number): void {
    const announcement = orphan.announcers.get(peerId) as OrphanAnnouncement;
    const use = this.#peers.get(peerId) as PeerUse;
    use.idle.delete(announcement);
    use.work.add(announcement);
    orphan.retriedBy = peerId;
  }

  hasWork(peerId: number): boolean {
    return (this.#peers.get(peerId)?.work.size ?? 0) > 0;
  }

  /** The next orphan that the peer is to try again; it stays here until its verdict is known. */
  takeWork(peerId: number): Orphan | null {
    const use = this.#peers.get(peerId);
    for (const announcement of use?.work ?? []) {
      use?.work.delete(announcement);
      use?.idle.add(announcement);
      announcement.orphan.retriedBy = null;
      return announcement.orphan;
    }
    return null;
  }

  /** False when it was not here. */
  remove(wtxidKey: string): boolean {
    const orphan = this.#byWtxid.get(wtxidKey);
    if (orphan === undefined) return false;
    this.#erase(orphan);
    this.#limit();
    return true;
  }

  #erase(orphan: KeptOrphan): void {
    for (const peerId of [...orphan.announcers.keys()]) this.#withdraw(orphan, peerId);
  }

  removePeer(peerId: number): number {
    const use = this.#peers.get(peerId);
    if (use === undefined) return 0;
    const announcements = [...use.idle, ...use.work];
    for (const { orphan } of announcements) this.#withdraw(orphan, peerId);
    this.#limit();
    return announcements.length;
  }

  /** Drops what a block confirmed or made impossible: whatever spends what the block's inputs spend. */
  removeSpenders(outpoints: Iterable<string>): number {
    const gone = new Set<KeptOrphan>();
    for (const key of outpoints)
      for (const orphan of this.#byOutpoint.get(key) ?? []) gone.add(orphan);
    for (const orphan of gone) this.#erase(orphan);
    this.#limit();
    return gone.size;
  }

  /** The peer does not count as one that has it any more; without any, the orphan goes. */
  #withdraw(orphan: KeptOrphan, peerId: number): void {
    const announcement = orphan.announcers.get(peerId) as OrphanAnnouncement;
    const use = this.#peers.get(peerId) as PeerUse;
    orphan.announcers.delete(peerId);
    use.idle.delete(announcement);
    use.work.delete(announcement);
    use.weight -= orphan.tx.weight;
    use.latency -= 1 + inputScore(orphan);
    if (use.idle.size + use.work.size === 0) this.#peers.delete(peerId);
    if (orphan.retriedBy === peerId) orphan.retriedBy = null;
    this.#announcements--;
    if (orphan.announcers.size === 0) this.#unlink(orphan);
  }

  #unlink(orphan: KeptOrphan): void {
    this.#byWtxid.delete(orphan.wtxidKey);
    for (const key of outpointKeys(orphan.tx)) {
      const spenders = this.#byOutpoint.get(key);
      spenders?.delete(orphan);
      if (spenders?.size === 0) this.#byOutpoint.delete(key);
    }
    this.#weight -= orphan.tx.weight;
    this.#inputScore -= inputScore(orphan);
  }

  get #isOverflowing(): boolean {
    const weight = this.#limits.weightPerPeer * Math.max(this.#peers.size, 1);
    return this.latency > this.#limits.latency || this.#weight > weight;
  }

  /** Takes the oldest of whoever exceeds its share most, until all is within the limits. Core: LimitOrphans. */
  #limit(): void {
    if (!this.#isOverflowing) return;
    // The shares stay those of the beginning, though peers may lose all they had.
    const share = Math.floor(this.#limits.latency / Math.max(this.#peers.size, 1));
    while (this.#isOverflowing) {
      const worst = this.#worst(share);
      const oldest = worst === null ? undefined : this.#peers.get(worst)?.oldest;
      if (worst === null || oldest === undefined) return;
      this.#withdraw(oldest.orphan, worst);
    }
  }

  /** At a tie the one who came later. */
  #worst(share: number): number | null {
    let worst: number | null = null;
    let highest = 0;
    for (const [peerId, { latency, weight }] of this.#peers) {
      const score = Math.max(latency / share, weight / this.#limits.weightPerPeer);
      if (score < highest || (score === highest && worst !== null && peerId < worst)) continue;
      highest = score;
      worst = peerId;
    }
    return worst;
  }
}

function inputScore({ tx }: Orphan): number {
  return Math.floor(tx.inputCount / 10);
}
