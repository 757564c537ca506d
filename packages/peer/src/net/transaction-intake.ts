import { type Block, blockTxid, witnessIds } from "@compeer/protocol/bitcoin/block";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey, keyHash } from "@compeer/protocol/bytes/hash";
import {
  type InventoryItem,
  isTransactionKind,
  MSG_TX,
  MSG_WITNESS_FLAG,
  MSG_WTX,
} from "@compeer/protocol/wire/inventory";
import type { NetMempoolEntry, NetParts } from "./net-parts.ts";
import { Orphanage, outpointKeys, parentKeys } from "./orphanage.ts";
import type { Peer } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { PERMIT_RELAY } from "./permissions.ts";
import { RollingFilter } from "./rolling-filter.ts";
import { type Announcement, TransactionRequests } from "./transaction-requests.ts";

const DELAY_MS = 2000;
/** More requests than this to one peer are put off. Core: MAX_PEER_TX_REQUEST_IN_FLIGHT. */
const MAX_IN_FLIGHT = 100;
const MAX_GETDATA = 1000;
/** Blocks so far below the best header confirm nothing that anybody announces now. */
const RECENT_DEPTH = 10;
/** Entries of a notfound that are looked at: all that we could have asked for. */
const MAX_NOT_FOUND = 5016;

/** Learns of transactions, asks for them and hands them to the mempool; keeps orphans for a while. */
export class TransactionIntake {
  readonly #parts: NetParts;
  readonly #peers: PeerSet;
  readonly #requests = new TransactionRequests();
  readonly #orphans = new Orphanage();
  /** Ids of what was refused since the last block, and of what was confirmed of late. */
  readonly #refused = new RollingFilter(120_000);
  readonly #confirmed = new RollingFilter(48_000);
  /** Wtxid keys of orphans to try again, with who gave them. */
  readonly #retries: string[] = [];
  #isRetrying = false;

  constructor(parts: NetParts, peers: PeerSet) {
    this.#parts = parts;
    this.#peers = peers;
    parts.chain.blockConnected.on(({ block, node }) => this.#blockConnected(block, node.height));
    parts.chain.tipChanged.on(() => {
      if (!parts.chain.isInitialDownload) this.#refused.clear();
    });
    parts.mempool.added.on((entry) => this.#settle(entry));
  }

  #blockConnected(block: Block, height: number): void {
    // While we catch up nothing is announced that this would be good for, and time is short.
    if (height + RECENT_DEPTH < this.#parts.chain.bestHeader.height) return;
    const wtxids = witnessIds(block);
    const spent = new Set<string>();
    block.transactions.forEach((tx, i) => {
      this.#confirm(blockTxid(block, i));
      if (tx.hasWitness && i > 0) this.#confirm(wtxids.subarray(32 * i, 32 * i + 32));
      if (this.#orphans.size > 0) for (const key of outpointKeys(tx)) spent.add(key);
    });
    const count = this.#orphans.removeSpenders(spent);
    if (count > 0)
      this.#parts.log.debug(
        "txpackages",
        `Erased ${count} orphan transaction(s) included or conflicted by block`,
      );
  }

  #confirm(id: Uint8Array): void {
    this.#confirmed.add(id);
    this.#requests.forget(hashKey(id));
  }

  /** It is in the mempool: nobody need be asked for it, and its children get their chance. */
  #settle(entry: NetMempoolEntry): void {
    this.#requests.forget(entry.txidKey);
    this.#requests.forget(entry.wtxidKey);
    this.#orphans.remove(entry.wtxidKey);
    for (const child of this.#orphans.children(entry.txidKey)) this.#retries.push(child.key);
    if (this.#retries.length > 0) this.#retryLater();
  }

  get orphanCount(): number {
    return this.#orphans.size;
  }

  announced(peer: Peer, { kind, hash }: InventoryItem): void {
    if (this.#parts.chain.isInitialDownload) return;
    const isWtxid = kind === MSG_WTX;
    const key = hashKey(hash);
    if (!this.#isKnown(hash, key)) this.#track(peer, hash.slice(), key, isWtxid);
  }

  #isKnown(hash: Uint8Array, key: string): boolean {
    const { mempool } = this.#parts;
    return (
      this.#orphans.has(key) ||
      mempool.getByWtxid(key) !== undefined ||
      mempool.get(key) !== undefined ||
      this.#confirmed.has(hash) ||
      this.#refused.has(hash)
    );
  }

  #track(peer: Peer, hash: Uint8Array, key: string, isWtxid: boolean): void {
    const { sync } = peer;
    let delay = sync.isPreferred ? 0 : DELAY_MS;
    if (!isWtxid && this.#peers.count((other) => other.usesWtxid) > 0) delay += DELAY_MS;
    const isLoaded = this.#requests.inFlight(peer.id) >= MAX_IN_FLIGHT;
    if (isLoaded && !peer.may(PERMIT_RELAY)) delay += DELAY_MS;
    this.#requests.announced({
      hash,
      key,
      isWtxid,
      peerId: peer.id,
      isPreferred: sync.isPreferred,
      from: this.#parts.clock.nowMs() + delay,
    });
  }

  /** Asks for what is due. */
  tick(peer: Peer): void {
    if (this.#requests.count(peer.id) === 0) return;
    const now = this.#parts.clock.nowMs();
    let items: InventoryItem[] = [];
    for (const entry of this.#requests.requestable(peer.id, now)) {
      if (this.#isKnown(entry.hash, entry.key)) {
        this.#requests.forget(entry.key);
        continue;
      }
      this.#requests.requested(entry, now);
      items.push({ kind: requestKind(entry, peer), hash: entry.hash });
      if (items.length < MAX_GETDATA) continue;
      peer.connection.send({ type: "getdata", items });
      items = [];
    }
    if (items.length > 0) peer.connection.send({ type: "getdata", items });
  }

  notFound(peer: Peer, items: readonly InventoryItem[]): void {
    if (items.length > MAX_NOT_FOUND) return;
    for (const { kind, hash } of items)
      if (isTransactionKind(kind)) this.#requests.answered(peer.id, hashKey(hash));
  }

  async accept(peer: Peer, tx: TransactionView): Promise<void> {
    const txid = transactionId(tx);
    const wtxid = witnessTransactionId(tx);
    peer.relay?.known.add(peer.usesWtxid ? wtxid : txid);
    this.#requests.answered(peer.id, hashKey(txid));
    this.#requests.answered(peer.id, hashKey(wtxid));
    if (this.#isKnown(wtxid, hashKey(wtxid))) return;
    if (await this.#submit(peer.id, tx, txid, wtxid))
      peer.lastTransactionAt = this.#parts.clock.now();
  }

  /** True when the mempool took it. */
  async #submit(
    peerId: number,
    tx: TransactionView,
    txid: Uint8Array,
    wtxid: Uint8Array,
  ): Promise<boolean> {
    const { fault } = await this.#parts.mempool.submit(tx);
    const key = hashKey(wtxid);
    if (fault?.kind === "missing-inputs") {
      this.#adopt(peerId, tx, txid, wtxid);
      return false;
    }
    this.#orphans.remove(key);
    this.#requests.forget(key);
    if (fault === null) return true;
    this.#parts.log.debug(
      "mempoolrej",
      `${formatHash(txid)} (wtxid=${formatHash(wtxid)}) from peer=${peerId} was not accepted: ${fault.reason}`,
    );
    this.#refuse(tx, txid, wtxid);
    return false;
  }

  /** A refused witness says nothing about the same transaction with another one. */
  #refuse(tx: TransactionView, txid: Uint8Array, wtxid: Uint8Array): void {
    this.#refused.add(wtxid);
    if (!tx.hasWitness) this.#requests.forget(hashKey(txid));
  }

  #adopt(peerId: number, tx: TransactionView, txid: Uint8Array, wtxid: Uint8Array): void {
    const { log } = this.#parts;
    const parents = parentKeys(tx).map(keyHash);
    const names = `${formatHash(txid)} (wtxid=${formatHash(wtxid)})`;
    this.#requests.forget(hashKey(wtxid));
    this.#requests.forget(hashKey(txid));
    if (parents.some((parent) => this.#refused.has(parent))) {
      log.debug("mempool", `not keeping orphan with rejected parents ${names}`);
      this.#refused.add(wtxid);
      return;
    }
    if (!this.#orphans.add(tx, hashKey(wtxid), peerId)) return;
    log.debug(
      "txpackages",
      `stored orphan tx ${names}, weight: ${tx.weight} (mapsz ${this.#orphans.size})`,
    );
    const peer = this.#peers.get(peerId);
    if (peer === undefined) return;
    for (const parent of parents) {
      peer.relay?.known.add(parent);
      if (!this.#isKnown(parent, hashKey(parent)))
        this.#track(peer, parent, hashKey(parent), false);
    }
  }

  /** One orphan a turn of the loop: a parent with many children holds nobody up (CVE-2024-52914). */
  #retryLater(): void {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    setImmediate(() => {
      void this.#retry();
    });
  }

  async #retry(): Promise<void> {
    const orphan = this.#orphans.get(this.#retries.shift() ?? "");
    try {
      if (orphan !== undefined)
        await this.#submit(orphan.peerId, orphan.tx, transactionId(orphan.tx), keyHash(orphan.key));
    } catch (error) {
      this.#parts.log.error(`orphan could not be tried again: ${String(error)}`);
    }
    this.#isRetrying = false;
    if (this.#retries.length > 0) this.#retryLater();
  }

  forget(peer: Peer): void {
    this.#requests.forgetPeer(peer.id);
    this.#orphans.removePeer(peer.id);
  }
}

function requestKind({ isWtxid }: Announcement, peer: Peer): number {
  if (isWtxid) return MSG_WTX;
  return peer.servesWitnesses ? MSG_TX | MSG_WITNESS_FLAG : MSG_TX;
}
