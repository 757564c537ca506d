/** Time a peer has to send what it was asked for. Core: GETDATA_TX_INTERVAL. */
const TIMEOUT_MS = 60_000;

/** One peer says that it has one transaction. */
interface Announcement {
  /** Key of the hash by which it was announced. */
  readonly key: string;
  /** False: the hash is a txid (a parent of an orphan, or a peer without BIP339). */
  readonly isWtxid: boolean;
  readonly peerId: number;
  readonly isPreferred: boolean;
  /** Decides among peers that are equal otherwise; who announces first gains nothing. */
  readonly luck: number;
  /** Order in which a peer's announcements are asked for. */
  readonly order: number;
  /** Milliseconds since 1970: before, it is not asked for; while asked for, until when it is waited for. */
  until: number;
  /** How long it waits at first, milliseconds. */
  readonly delay: number;
  state: "waiting" | "ready" | "chosen" | "requested" | "completed";
  /** The next of the same hash. */
  next: Announcement | null;
}

/** What a peer may be asked for. */
export interface Requestable {
  readonly key: string;
  readonly isWtxid: boolean;
}

class PeerState {
  readonly byKey: Map<string, Announcement> = new Map();
  /** Those to ask this peer for now. */
  readonly chosen: Set<Announcement> = new Set();
  inFlight = 0;
}

/**
 * Who announced which transaction and whom we asked. One peer at a time is asked, an outbound one before
 * an inbound one; who stays silent for a minute loses its turn for good, so nobody can keep a transaction
 * from us (CVE-2024-52913). Only hashes are kept. Core: TxRequestTracker.
 */
export class TransactionRequests {
  readonly #salt: number;
  /** First announcement of each hash. */
  readonly #byKey = new Map<string, Announcement>();
  readonly #peers = new Map<number, PeerState>();
  /** By length of the wait, so that each set is in the order of its ends. */
  readonly #waiting = new Map<number, Set<Announcement>>();
  readonly #requested = new Set<Announcement>();
  #count = 0;

  /** @param salt 32 random bits */
  constructor(salt: number) {
    this.#salt = salt;
  }

  /** Nothing happens when the peer has announced the hash before. */
  announced(
    { key, isWtxid }: Requestable,
    peer: { readonly id: number; readonly isPreferred: boolean },
    nowMs: number,
    delayMs: number,
  ): void {
    const state = this.#peers.get(peer.id) ?? new PeerState();
    this.#peers.set(peer.id, state);
    if (state.byKey.has(key)) return;
    const announcement: Announcement = {
      key,
      isWtxid,
      peerId: peer.id,
      isPreferred: peer.isPreferred,
      luck: this.#luck(key, peer.id),
      order: this.#count++,
      until: nowMs + delayMs,
      delay: delayMs,
      state: "waiting",
      next: this.#byKey.get(key) ?? null,
    };
    this.#byKey.set(key, announcement);
    state.byKey.set(key, announcement);
    this.#waitingFor(delayMs).add(announcement);
  }

  #luck(key: string, peerId: number): number {
    let luck = this.#salt ^ Math.imul(peerId + 1, 0x9e3779b1);
    for (let i = 0; i < 8; i++) luck = Math.imul(luck ^ key.charCodeAt(i), 0x01000193);
    return luck >>> 0;
  }

  #waitingFor(delayMs: number): Set<Announcement> {
    const waiting = this.#waiting.get(delayMs) ?? new Set();
    this.#waiting.set(delayMs, waiting);
    return waiting;
  }

  /** What to ask of the peer now. The caller marks each as requested or forgets it. */
  requestable(peerId: number, nowMs: number): readonly Requestable[] {
    this.#moveOn(nowMs);
    const chosen = this.#peers.get(peerId)?.chosen;
    if (chosen === undefined || chosen.size === 0) return [];
    return [...chosen].sort((a, b) => a.order - b.order);
  }

  /** Ends what has waited long enough. */
  #moveOn(nowMs: number): void {
    for (const announcement of this.#requested) {
      if (announcement.until > nowMs) break;
      this.#complete(announcement);
    }
    for (const waiting of this.#waiting.values())
      for (const announcement of waiting) {
        if (announcement.until > nowMs) break;
        waiting.delete(announcement);
        this.#ready(announcement);
      }
  }

  #ready(announcement: Announcement): void {
    announcement.state = "ready";
    const current = this.#current(announcement.key);
    if (current === null) this.#choose(announcement);
    else if (current.state === "chosen" && isBetter(announcement, current)) {
      this.#state(current).chosen.delete(current);
      current.state = "ready";
      this.#choose(announcement);
    }
  }

  #choose(announcement: Announcement): void {
    announcement.state = "chosen";
    this.#state(announcement).chosen.add(announcement);
  }

  /** Whom we ask, or are about to. */
  #current(key: string): Announcement | null {
    for (let at = this.#byKey.get(key) ?? null; at !== null; at = at.next)
      if (at.state === "requested" || at.state === "chosen") return at;
    return null;
  }

  #state({ peerId }: Announcement): PeerState {
    const state = this.#peers.get(peerId);
    if (state === undefined) throw new Error("an announcement of nobody");
    return state;
  }

  /** It is being asked for. */
  requested(peerId: number, key: string, nowMs: number): void {
    const announcement = this.#peers.get(peerId)?.byKey.get(key);
    if (announcement?.state !== "chosen") return;
    const state = this.#state(announcement);
    state.chosen.delete(announcement);
    state.inFlight++;
    announcement.state = "requested";
    announcement.until = nowMs + TIMEOUT_MS;
    this.#requested.add(announcement);
  }

  /** The peer answered, with the transaction or without it. */
  answered(peerId: number, key: string): void {
    const announcement = this.#peers.get(peerId)?.byKey.get(key);
    if (announcement !== undefined) this.#complete(announcement);
  }

  /** The next one gets its turn; completed ones stay while somebody is left to ask, so that they do not come back. */
  #complete(announcement: Announcement): void {
    const hadTurn = announcement.state === "requested" || announcement.state === "chosen";
    this.#detach(announcement);
    announcement.state = "completed";
    let best: Announcement | null = null;
    let isSettled = true;
    for (let at = this.#byKey.get(announcement.key) ?? null; at !== null; at = at.next) {
      if (at.state !== "completed") isSettled = false;
      if (at.state === "ready" && (best === null || isBetter(at, best))) best = at;
    }
    if (isSettled) this.forget(announcement.key);
    else if (hadTurn && best !== null) this.#choose(best);
  }

  /** Takes it out of what its state keeps it in. */
  #detach(announcement: Announcement): void {
    const state = this.#state(announcement);
    if (announcement.state === "waiting") this.#waitingFor(announcement.delay).delete(announcement);
    else if (announcement.state === "chosen") state.chosen.delete(announcement);
    else if (announcement.state === "requested") {
      state.inFlight--;
      this.#requested.delete(announcement);
    }
  }

  /** The transaction is settled, whoever announced it. */
  forget(key: string): void {
    let at = this.#byKey.get(key) ?? null;
    this.#byKey.delete(key);
    for (; at !== null; at = at.next) {
      this.#detach(at);
      this.#state(at).byKey.delete(key);
    }
  }

  forgetPeer(peerId: number): void {
    const state = this.#peers.get(peerId);
    if (state === undefined) return;
    for (const announcement of state.byKey.values()) {
      this.#complete(announcement);
      this.#unlink(announcement);
    }
    this.#peers.delete(peerId);
  }

  #unlink(announcement: Announcement): void {
    const { key } = announcement;
    const first = this.#byKey.get(key);
    if (first === announcement) {
      if (announcement.next === null) this.#byKey.delete(key);
      else this.#byKey.set(key, announcement.next);
      return;
    }
    for (let at = first; at !== undefined && at.next !== null; at = at.next)
      if (at.next === announcement) {
        at.next = announcement.next;
        return;
      }
  }

  /** Peers that have announced the hash and were not asked in vain. Core: GetCandidatePeers. */
  candidates(key: string): number[] {
    const peers: number[] = [];
    for (let at = this.#byKey.get(key) ?? null; at !== null; at = at.next)
      if (at.state !== "completed") peers.push(at.peerId);
    return peers.reverse();
  }

  inFlight(peerId: number): number {
    return this.#peers.get(peerId)?.inFlight ?? 0;
  }

  count(peerId: number): number {
    return this.#peers.get(peerId)?.byKey.size ?? 0;
  }

  /** Announcements of all peers. */
  get size(): number {
    let size = 0;
    for (const { byKey } of this.#peers.values()) size += byKey.size;
    return size;
  }
}

function isBetter(a: Announcement, b: Announcement): boolean {
  return a.isPreferred === b.isPreferred ? a.luck > b.luck : a.isPreferred;
}
