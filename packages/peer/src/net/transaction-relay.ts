import { strippedBytes } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { type InventoryItem, MSG_TX, MSG_WTX } from "@compeer/protocol/wire/inventory";
import type { NetMempoolEntry, NetParts } from "./net-parts.ts";
import type { Peer, RelayState } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { PERMIT_NO_BAN } from "./permissions.ts";
import { poissonMs } from "./random.ts";
import { RecentBlock } from "./recent-block.ts";

const INBOUND_INTERVAL_MS = 5000;
const OUTBOUND_INTERVAL_MS = 2000;
/** Transactions of one announcement: seven a second for an inbound interval, more when many wait. */
const BROADCAST_TARGET = 70;
const BROADCAST_MAX = 1000;

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
    parts.mempool.added.on((entry) => this.announce(entry));
    parts.chain.blockConnected.on(({ block }) => {
      this.#recent = new RecentBlock(block);
    });
  }

  /** Queues the transaction for everybody who does not know it. */
  announce(entry: NetMempoolEntry): void {
    for (const peer of this.#peers) {
      const { relay } = peer;
      // Before the first announcement a spy could tell apart what came during its handshake.
      if (relay === null || relay.nextInvAt === 0) continue;
      if (!relay.known.has(peer.usesWtxid ? entry.wtxid : entry.txid))
        relay.toSend.add(entry.wtxidKey);
    }
  }

  tick(peer: Peer): void {
    const { relay } = peer;
    if (relay === null || !this.#isTime(peer, relay)) return;
    if (!relay.wantsTransactions) relay.toSend.clear();
    const items = this.#choose(peer, relay);
    relay.lastSequence = this.#parts.mempool.sequence;
    if (items.length > 0) peer.connection.send({ type: "inv", items });
  }

  #isTime(peer: Peer, relay: RelayState): boolean {
    const now = this.#parts.clock.nowMs();
    if (relay.nextInvAt >= now) return peer.may(PERMIT_NO_BAN);
    relay.nextInvAt = peer.isInbound
      ? this.#nextInbound(now)
      : now + poissonMs(OUTBOUND_INTERVAL_MS);
    return true;
  }

  #nextInbound(now: number): number {
    if (this.#nextInboundAt < now) this.#nextInboundAt = now + poissonMs(INBOUND_INTERVAL_MS);
    return this.#nextInboundAt;
  }

  /** The best paying first, parents before children; what left the mempool is dropped (CVE-2023-33297). */
  #choose(peer: Peer, relay: RelayState): InventoryItem[] {
    const { mempool } = this.#parts;
    const ranked: { entry: NetMempoolEntry; rate: number }[] = [];
    for (const key of relay.toSend) {
      const entry = mempool.getByWtxid(key);
      if (entry === undefined) relay.toSend.delete(key);
      else ranked.push({ entry, rate: entry.chunk.fee / entry.chunk.size });
    }
    ranked.sort((a, b) => b.rate - a.rate || a.entry.sequence - b.entry.sequence);
    const bonus = Math.floor(relay.toSend.size / 1000) * 5;
    const limit = Math.min(BROADCAST_MAX, BROADCAST_TARGET + bonus);
    const items: InventoryItem[] = [];
    for (const { entry } of ranked) {
      if (items.length === limit) break;
      relay.toSend.delete(entry.wtxidKey);
      const hash = peer.usesWtxid ? entry.wtxid : entry.txid;
      if (relay.known.has(hash) || entry.fee * 1000 < relay.feeFilter * entry.vsize) continue;
      relay.known.add(hash);
      items.push({ kind: peer.usesWtxid ? MSG_WTX : MSG_TX, hash });
    }
    return items;
  }

  /** Sends the transaction if it was there at the last announcement; false when it is not to be had. */
  serve(peer: Peer, relay: RelayState, item: InventoryItem): boolean {
    const tx = this.#find(relay, item);
    if (tx === null) return false;
    peer.connection.sendPayload("tx", item.kind === MSG_TX ? strippedBytes(tx) : tx.raw);
    return true;
  }

  #find(relay: RelayState, { kind, hash }: InventoryItem): TransactionView | null {
    const { mempool } = this.#parts;
    const key = hashKey(hash);
    const entry = kind === MSG_WTX ? mempool.getByWtxid(key) : mempool.get(key);
    if (entry !== undefined && entry.sequence < relay.lastSequence) return entry.tx;
    return this.#recent?.find(key) ?? null;
  }
}
