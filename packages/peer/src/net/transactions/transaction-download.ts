import { randomInt } from "node:crypto";
import { type Block, blockTxid, witnessIds } from "@compeer/protocol/bitcoin/block";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey, keyHash } from "@compeer/protocol/bytes/hash";
import type { NetLog, NetMempoolEntry, NetParts } from "../net-parts.ts";
import type { Peer } from "../peer.ts";
import type { PeerSet } from "../peer-set.ts";
import { PERMIT_RELAY } from "../permissions.ts";
import type { Orphan } from "./orphan.ts";
import { Orphanage } from "./orphanage.ts";
import { RecentVerdicts } from "./recent-verdicts.ts";
import { outpointKeys, parentKeys } from "./spent-keys.ts";
import { nameOf, packageId, type Received } from "./transaction-ids.ts";
import { type Requestable, TransactionRequests } from "./transaction-requests.ts";

/** Each of the reasons to wait before asking costs so much. Core: NONPREF_PEER_TX_DELAY and its kind. */
const DELAY_MS = 2000;
/** Announcements kept of one peer. Core: MAX_PEER_TX_ANNOUNCEMENTS. */
const MAX_ANNOUNCEMENTS = 5000;
/** With more questions open, the peer is asked later. Core: MAX_PEER_TX_REQUEST_IN_FLIGHT. */
const MAX_IN_FLIGHT = 100;

/** What to do with a transaction that came. */
type Reception =
  | { readonly kind: "known" }
  | { readonly kind: "new" }
  /** It was refused for its fee, but this child may pay for both. */
  | { readonly kind: "with-child"; readonly child: Orphan };

/** What to do about one that was refused. */
interface Refusal {
  /** Parents that the sender is asked for. */
  readonly parents: readonly Uint8Array[];
  readonly child: Orphan | null;
}

/**
 * Decides what to ask of whom, what to look at, and what to keep until its parents are here. It sends
 * nothing and validates nothing. Core: TxDownloadManager.
 */
export class TransactionDownload {
  readonly orphans: Orphanage = new Orphanage();
  readonly requests: TransactionRequests = new TransactionRequests(randomInt(2 ** 32));
  readonly #verdicts = new RecentVerdicts();
  readonly #parts: NetParts;
  readonly #log: NetLog;
  readonly #peers: PeerSet;

  constructor(parts: NetParts, peers: PeerSet) {
    this.#parts = parts;
    this.#log = parts.log;
    this.#peers = peers;
  }

  /** True when there is no reason to ask for it, or, with `alone`, no reason to take it by itself. */
  #isKnown(hash: Uint8Array, key: string, isWtxid: boolean, alone: boolean): boolean {
    const { mempool } = this.#parts;
    // By wtxid only: with another witness it may be a good one (a txid without witness is both).
    if (this.orphans.has(key)) return true;
    if (alone && this.#verdicts.reconsiderable.has(hash)) return true;
    if (this.#verdicts.confirmed.has(hash) || this.#verdicts.refused.has(hash)) return true;
    return (isWtxid ? mempool.getByWtxid(key) : mempool.get(key)) !== undefined;
  }

  announced(peer: Peer, hash: Uint8Array, isWtxid: boolean): void {
    if (!this.#hasRoom(peer, 1)) return;
    const key = hashKey(hash);
    const orphan = isWtxid ? this.orphans.get(key) : undefined;
    if (orphan !== undefined) {
      const missing = this.#missingParents(orphan.tx);
      if (missing.length > 0 && this.#resolveWith(peer, orphan.wtxid, missing))
        this.orphans.addAnnouncer(key, peer.id);
      return;
    }
    if (this.#isKnown(hash, key, isWtxid, true)) return;
    const delay = this.#delay(peer, !isWtxid);
    this.#track(peer, { key, isWtxid }, delay);
  }

  #hasRoom(peer: Peer, count: number): boolean {
    return peer.may(PERMIT_RELAY) || this.requests.count(peer.id) + count <= MAX_ANNOUNCEMENTS;
  }

  #delay(peer: Peer, isByTxid: boolean): number {
    let delay = peer.sync.isPreferred ? 0 : DELAY_MS;
    if (isByTxid && this.#peers.count((other) => other.usesWtxid) > 0) delay += DELAY_MS;
    const isLoaded = this.requests.inFlight(peer.id) >= MAX_IN_FLIGHT;
    return isLoaded && !peer.may(PERMIT_RELAY) ? delay + DELAY_MS : delay;
  }

  #track({ id, sync }: Peer, what: Requestable, delay: number): void {
    const from = { id, isPreferred: sync.isPreferred };
    this.requests.announced(what, from, this.#parts.clock.nowMs(), delay);
  }

  #missingParents(tx: TransactionView): string[] {
    return parentKeys(tx).filter((key) => !this.#isKnown(keyHash(key), key, false, false));
  }

  /** The peer will be asked for the parents, a little later: they may be on their way. */
  #resolveWith(peer: Peer, wtxid: Uint8Array, parents: readonly string[]): boolean {
    if (this.orphans.isFrom(hashKey(wtxid), peer.id) || !this.#hasRoom(peer, parents.length))
      return false;
    const delay = this.#delay(peer, true);
    for (const key of parents) this.#track(peer, { key, isWtxid: false }, delay);
    this.#log.debug(
      "txpackages",
      `added peer=${peer.id} as a candidate for resolving orphan ${formatHash(wtxid)}`,
    );
    return true;
  }

  /** What to ask the peer for now. */
  toRequest(peer: Peer): Requestable[] {
    if (this.requests.count(peer.id) === 0) return [];
    const now = this.#parts.clock.nowMs();
    const wanted: Requestable[] = [];
    for (const { key, isWtxid } of this.requests.requestable(peer.id, now)) {
      if (this.#isKnown(keyHash(key), key, isWtxid, false)) {
        this.requests.forget(key);
        continue;
      }
      this.requests.requested(peer.id, key, now);
      wanted.push({ key, isWtxid });
    }
    return wanted;
  }

  came(peerId: number, what: Received): Reception {
    this.requests.answered(peerId, what.txidKey);
    if (what.tx.hasWitness) this.requests.answered(peerId, what.wtxidKey);
    if (this.#isKnown(what.wtxid, what.wtxidKey, true, false)) return { kind: "known" };
    if (!this.#verdicts.reconsiderable.has(what.wtxid)) return { kind: "new" };
    this.#log.debug(
      "txpackages",
      `found tx ${nameOf(what)} in reconsiderable rejects, looking for child in orphanage`,
    );
    const child = this.#payingChild(peerId, what);
    return child === null ? { kind: "known" } : { kind: "with-child", child };
  }

  /** Of this peer only: others cannot put bad children in the place of the good one. */
  #payingChild(peerId: number, parent: Received): Orphan | null {
    const { refused, reconsiderable } = this.#verdicts;
    const children = this.orphans.childrenFrom(peerId, parent.txid, parent.tx.outputCount);
    const untried = children.find(
      (child) => !reconsiderable.has(packageId(parent, child)) && !refused.has(child.txid),
    );
    return untried ?? null;
  }

  /** It is in the mempool: nobody need be asked for it, and its children get their chance. */
  accepted({ tx, txid, txidKey, wtxidKey }: NetMempoolEntry): Set<number> {
    this.requests.forget(txidKey);
    this.requests.forget(wtxidKey);
    const workers = this.orphans.parentCame(txid, tx.outputCount, randomInt);
    this.orphans.remove(wtxidKey);
    return workers;
  }

  /** @param kind of the fault. @param isFirst false for orphans and members of a package */
  refused(peer: Peer | undefined, what: Received, kind: string, isFirst: boolean): Refusal {
    if (kind === "missing-inputs")
      return { parents: isFirst ? this.#adopt(peer, what) : [], child: null };
    if (this.orphans.remove(what.wtxidKey))
      this.#log.debug("txpackages", `   removed orphan tx ${nameOf(what)}`);
    // Without its witness it says nothing about the whole.
    if (kind === "witness-stripped") return { parents: [], child: null };
    let child: Orphan | null = null;
    if (kind === "reconsiderable") {
      this.#verdicts.reconsiderable.add(what.wtxid);
      if (isFirst && peer !== undefined) {
        this.#log.debug(
          "txpackages",
          `tx ${nameOf(what)} failed but reconsiderable, looking for child in orphanage`,
        );
        child = this.#payingChild(peer.id, what);
      }
    } else this.#verdicts.refused.add(what.wtxid);
    this.requests.forget(what.wtxidKey);
    // What it spends is told by its txid: no other witness makes that better.
    if (kind === "inputs-not-standard" && what.tx.hasWitness) {
      this.#verdicts.refused.add(what.txid);
      this.requests.forget(what.txidKey);
    }
    return { parents: [], child };
  }

  packageRefused(parent: Received, child: Pick<Received, "wtxid">): void {
    this.#verdicts.reconsiderable.add(packageId(parent, child));
  }

  /** Keeps an orphan unless its parents are hopeless. @returns the parents that are to be asked for */
  #adopt(peer: Peer | undefined, what: Received): Uint8Array[] {
    if (this.#verdicts.refused.has(what.wtxid)) return [];
    const isHopeless = this.#hasRefusedParents(what.tx);
    let missing: string[] = [];
    if (isHopeless) {
      this.#log.debug("mempool", `not keeping orphan with rejected parents ${nameOf(what)}`);
      // No witness changes that.
      this.#verdicts.refused.add(what.txid);
      this.#verdicts.refused.add(what.wtxid);
    } else {
      missing = this.#missingParents(what.tx);
      for (const candidate of this.#candidates(peer, what))
        if (this.#resolveWith(candidate, what.wtxid, missing)) this.#keep(candidate, what);
    }
    this.requests.forget(what.txidKey);
    this.requests.forget(what.wtxidKey);
    return missing.map(keyHash);
  }

  /** One parent that was refused for its fee alone may come in together with the child, more may not. */
  #hasRefusedParents(tx: TransactionView): boolean {
    const { refused, reconsiderable } = this.#verdicts;
    let cheap = 0;
    for (const key of parentKeys(tx)) {
      const txid = keyHash(key);
      if (refused.has(txid)) return true;
      if (reconsiderable.has(txid) && this.#parts.mempool.get(key) === undefined) cheap++;
    }
    return cheap > 1;
  }

  /** The sender, and whoever announced the same. */
  #candidates(sender: Peer | undefined, { tx, txidKey, wtxidKey }: Received): Set<Peer> {
    const ids = this.requests.candidates(txidKey);
    if (tx.hasWitness) ids.push(...this.requests.candidates(wtxidKey));
    const peers = [sender, ...ids.map((id) => this.#peers.get(id))];
    return new Set(peers.filter((peer) => peer !== undefined));
  }

  #keep(peer: Peer, what: Received): void {
    const { tx, txid, wtxid } = what;
    if (this.orphans.add(tx, txid, wtxid, peer.id))
      this.#log.debug(
        "txpackages",
        `stored orphan tx ${nameOf(what)}, weight: ${tx.weight} (mapsz ${this.orphans.size})`,
      );
  }

  blockConnected(block: Block): void {
    const wtxids = witnessIds(block);
    const spent: string[] = [];
    block.transactions.forEach((tx, i) => {
      this.#confirmed(blockTxid(block, i));
      if (tx.hasWitness && i > 0) this.#confirmed(wtxids.subarray(32 * i, 32 * i + 32));
      if (this.orphans.size > 0) spent.push(...outpointKeys(tx));
    });
    const count = this.orphans.removeSpenders(spent);
    if (count > 0)
      this.#log.debug(
        "txpackages",
        `Erased ${count} orphan transaction(s) included or conflicted by block`,
      );
  }

  #confirmed(id: Uint8Array): void {
    this.#verdicts.confirmed.add(id);
    this.requests.forget(hashKey(id));
  }

  /** What it confirmed may have to be heard of again. */
  blockDisconnected(): void {
    this.#verdicts.confirmed.clear();
  }

  tipChanged(): void {
    this.#verdicts.forgetRefused();
  }

  forget(peer: Peer): void {
    this.requests.forgetPeer(peer.id);
    const count = this.orphans.removePeer(peer.id);
    if (count > 0)
      this.#log.debug("txpackages", `Erased ${count} orphan transaction(s) from peer=${peer.id}`);
  }
}
