/** Time a peer has to send what it was asked for. Core: GETDATA_TX_INTERVAL. */
const TIMEOUT_MS = 60_000;
/** Announcements that are kept of one peer. Core: MAX_PEER_TX_ANNOUNCEMENTS. */
const MAX_PER_PEER = 5000;

export interface Announcement {
  readonly hash: Uint8Array;
  readonly key: string;
  /** False: the hash is a txid (a parent of an orphan, or a peer without BIP339). */
  readonly isWtxid: boolean;
  readonly peerId: number;
  readonly isPreferred: boolean;
  /** Milliseconds since 1970 before which it is not asked for. */
  readonly from: number;
  state: "candidate" | "requested" | "completed";
}

/**
 * Who announced which transaction and whom we asked. One peer at a time is asked; who stays silent for
 * a minute loses its turn for good, so nobody can keep a transaction from us (CVE-2024-52913).
 */
export class TransactionRequests {
  readonly #byKey = new Map<string, Announcement[]>();
  readonly #byPeer = new Map<number, Map<string, Announcement>>();
  /** Requests in the order they expire, with when. */
  readonly #open = new Map<Announcement, number>();

  announced(announcement: Omit<Announcement, "state">): void {
    const { key, peerId } = announcement;
    const ofPeer = this.#byPeer.get(peerId) ?? new Map<string, Announcement>();
    this.#byPeer.set(peerId, ofPeer);
    if (ofPeer.has(key) || ofPeer.size >= MAX_PER_PEER) return;
    const entry: Announcement = { ...announcement, state: "candidate" };
    ofPeer.set(key, entry);
    const others = this.#byKey.get(key);
    if (others === undefined) this.#byKey.set(key, [entry]);
    else others.push(entry);
  }

  /** What to ask of the peer now. The caller marks each as requested or forgets it. */
  requestable(peerId: number, nowMs: number): Announcement[] {
    this.#expire(nowMs);
    const ofPeer = this.#byPeer.get(peerId);
    if (ofPeer === undefined) return [];
    const ready: Announcement[] = [];
    for (const entry of ofPeer.values())
      if (entry.state === "candidate" && this.#isChosen(entry, nowMs)) ready.push(entry);
    return ready;
  }

  /** The first ready candidate, outbound before inbound, when nobody is being asked. */
  #isChosen(entry: Announcement, nowMs: number): boolean {
    if (entry.from > nowMs) return false;
    for (const other of this.#byKey.get(entry.key) ?? []) {
      if (other.state === "requested") return false;
      if (other === entry || other.state !== "candidate" || other.from > nowMs) continue;
      if (other.isPreferred && !entry.isPreferred) return false;
      if (other.isPreferred === entry.isPreferred && this.#isBefore(other, entry)) return false;
    }
    return true;
  }

  #isBefore(a: Announcement, b: Announcement): boolean {
    const order = this.#byKey.get(a.key) ?? [];
    return order.indexOf(a) < order.indexOf(b);
  }

  requested(entry: Announcement, nowMs: number): void {
    entry.state = "requested";
    this.#open.set(entry, nowMs + TIMEOUT_MS);
  }

  /** The peer answered, with the transaction or without it. */
  answered(peerId: number, key: string): void {
    const entry = this.#byPeer.get(peerId)?.get(key);
    if (entry !== undefined) this.#complete(entry);
  }

  /** The transaction is settled, whoever announced it. */
  forget(key: string): void {
    for (const entry of this.#byKey.get(key) ?? []) this.#drop(entry);
    this.#byKey.delete(key);
  }

  forgetPeer(peerId: number): void {
    for (const entry of [...(this.#byPeer.get(peerId)?.values() ?? [])]) {
      this.#complete(entry);
      this.#remove(entry);
    }
    this.#byPeer.delete(peerId);
  }

  inFlight(peerId: number): number {
    let count = 0;
    for (const entry of this.#open.keys()) if (entry.peerId === peerId) count++;
    return count;
  }

  count(peerId: number): number {
    return this.#byPeer.get(peerId)?.size ?? 0;
  }

  #expire(nowMs: number): void {
    for (const [entry, end] of this.#open) {
      if (end > nowMs) return;
      this.#complete(entry);
    }
  }

  #complete(entry: Announcement): void {
    entry.state = "completed";
    this.#open.delete(entry);
    const all = this.#byKey.get(entry.key) ?? [];
    // Completed ones stay as long as somebody is left to ask, so that they do not come back.
    if (all.every(({ state }) => state === "completed")) this.forget(entry.key);
  }

  #remove(entry: Announcement): void {
    const left = (this.#byKey.get(entry.key) ?? []).filter((other) => other !== entry);
    if (left.length === 0) this.#byKey.delete(entry.key);
    else this.#byKey.set(entry.key, left);
    this.#drop(entry);
  }

  #drop(entry: Announcement): void {
    this.#open.delete(entry);
    this.#byPeer.get(entry.peerId)?.delete(entry.key);
  }
}
