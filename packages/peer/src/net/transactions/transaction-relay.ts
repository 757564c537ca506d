import { strippedBytes } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import {
  type InventoryItem,
  MAX_INVENTORY,
  MSG_TX,
  MSG_WTX,
} from "@compeer/protocol/wire/inventory";
import type { NetMempoolEntry, NetParts } from "../net-parts.ts";
import type { Peer, RelayState } from "../peer.ts";
import type { PeerSet } from "../peer-set.ts";
import { PERMIT_NO_BAN } from "../permissions.ts";
import { poissonMs } from "../random.ts";
import { RecentBlock } from "../recent-block.ts";
import { queued } from "./announce-queue.ts";

const INBOUND_INTERVAL_MS = 5000;
const OUTBOUND_INTERVAL_MS = 2000;
/** Transactions of one announcement: fourteen a second for an inbound interval, more when many wait. */
const BROADCAST_TARGET = 70;
const BROADCAST_MAX = 1000;
/** So many that are not worth an announcement are passed over in one turn. */
const MAX_SKIPPED = 4000;

/** Announces what is new in the mempool, in batches at random times, and serves what was announced. */
export class TransactionRelay {
  readonly #parts: NetParts;
  readonly #peers: PeerSet;
  /** One timer for all inbound peers: many connections learn no more than one. */
  #nextInboundAt = 0;
  /** What the newest block took from the mempool may still be asked for. */
  #recent: RecentBlock | null = null;

  constructor(parts: NetParts, peers: PeerSet) {
    this.#parts = parts;
    this.#peers = peers;
    const { chain, mempool } = parts;
    mempool.added.on((entry) => {
      // What came back out of a block was announced before.
      if (entry.sequence > 0) this.announce(entry);
    });
    mempool.removed.on(({ entry, reason }) => {
      // What a block took may come back out of it, and nobody has heard of it then.
      if (reason === "block") return;
      for (const peer of peers) peer.relay?.toSend.delete(entry);
    });
    chain.blockConnected.on(({ block }) => {
      this.#recent = new RecentBlock(block);
    });
  }

  /** Queues the transaction for everybody who does not know it. */
  announce(entry: NetMempoolEntry): void {
    const item = queued(entry);
    for (const peer of this.#peers) {
      const { relay } = peer;
      // Before the first announcement a spy could tell apart what came during its handshake.
      if (relay === null || relay.nextInvAt === 0) continue;
      if (this.#isWorth(peer, relay, entry)) relay.toSend.add(item);
    }
  }

  /** Not what the peer knows, and not what pays less than it takes (BIP133). */
  #isWorth(peer: Peer, relay: RelayState, entry: NetMempoolEntry): boolean {
    if (entry.fee * 1000 < relay.feeFilter * entry.vsize) return false;
    return !relay.known.has(peer.usesWtxid ? entry.wtxid : entry.txid);
  }

  tick(peer: Peer): void {
    const { relay } = peer;
    if (relay === null || !this.#isTime(peer, relay)) return;
    if (!relay.wantsTransactions) relay.toSend.clear();
    if (relay.wantsMempool) this.#sendMempool(peer, relay);
    const items = relay.toSend.size === 0 ? [] : this.#choose(peer, relay);
    relay.lastSequence = this.#parts.mempool.sequence;
    if (items.length > 0) peer.connection.send({ type: "inv", items });
  }

  /** All that is in the mempool, in as many messages as it takes (BIP35). */
  #sendMempool(peer: Peer, relay: RelayState): void {
    relay.wantsMempool = false;
    let items: InventoryItem[] = [];
    for (const entry of this.#parts.mempool.entries()) {
      if (entry.fee * 1000 < relay.feeFilter * entry.vsize) continue;
      if (relay.bloom !== null && !relay.bloom.matchAndUpdate(entry.tx)) continue;
      const hash = peer.usesWtxid ? entry.wtxid : entry.txid;
      relay.known.add(hash);
      items.push({ kind: peer.usesWtxid ? MSG_WTX : MSG_TX, hash });
      if (items.length < MAX_INVENTORY) continue;
      peer.connection.send({ type: "inv", items });
      items = [];
    }
    if (items.length > 0) peer.connection.send({ type: "inv", items });
  }

  #isTime(peer: Peer, relay: RelayState): boolean {
    const now = this.#parts.clock.nowMs();
    if (relay.nextInvAt >= now) return peer.may(PERMIT_NO_BAN);
    relay.nextInvAt = peer.isInbound
      ? this.#nextInbound(now)
      : now + poissonMs(OUTBOUND_INTERVAL_MS, this.#parts.random);
    return true;
  }

  #nextInbound(now: number): number {
    if (this.#nextInboundAt < now)
      this.#nextInboundAt = now + poissonMs(INBOUND_INTERVAL_MS, this.#parts.random);
    return this.#nextInboundAt;
  }

  /** The best paying first, parents before children: nobody can crowd out those who pay more. */
  #choose(peer: Peer, relay: RelayState): InventoryItem[] {
    const bonus = Math.floor(relay.toSend.size / 1000) * 5;
    const limit = Math.min(BROADCAST_MAX, BROADCAST_TARGET + bonus);
    const items: InventoryItem[] = [];
    for (let skipped = 0; items.length < limit && skipped < MAX_SKIPPED; ) {
      const entry = relay.toSend.take();
      if (entry === undefined) break;
      const isGone = this.#parts.mempool.get(entry.txidKey) === undefined;
      if (isGone || !this.#isWorth(peer, relay, entry)) {
        skipped++;
        continue;
      }
      if (relay.bloom !== null && !relay.bloom.matchAndUpdate(entry.tx)) continue;
      const hash = peer.usesWtxid ? entry.wtxid : entry.txid;
      relay.known.add(hash);
      items.push({ kind: peer.usesWtxid ? MSG_WTX : MSG_TX, hash });
    }
    return items;
  }

  /** Sends the transaction if it was there at the last announcement; false when it is not to be had. */
  serve(peer: Peer, relay: RelayState, item: InventoryItem): boolean {
    const { mempool } = this.#parts;
    const key = hashKey(item.hash);
    const entry = item.kind === MSG_WTX ? mempool.getByWtxid(key) : mempool.get(key);
    // A younger one would tell when it came, and from whom (CVE-2013-2272 and its kind).
    const isOld = entry !== undefined && entry.sequence < relay.lastSequence;
    const tx: TransactionView | null = isOld ? entry.tx : (this.#recent?.find(key) ?? null);
    if (tx === null) return false;
    peer.connection.sendPayload("tx", item.kind === MSG_TX ? strippedBytes(tx) : tx.raw);
    if (isOld) mempool.markBroadcast(entry.txidKey);
    return true;
  }
}
