import { setImmediate as nextTurn } from "node:timers/promises";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey, keyHash } from "@compeer/protocol/bytes/hash";
import { formatFault } from "@compeer/protocol/consensus/fault";
import {
  type InventoryItem,
  type InventoryItems,
  isTransactionKind,
  MSG_TX,
  MSG_WITNESS_FLAG,
  MSG_WTX,
} from "@compeer/protocol/wire/inventory";
import type { NetMempoolEntry, NetMempoolFault, NetParts } from "../net-parts.ts";
import type { Peer } from "../peer.ts";
import type { PeerSet } from "../peer-set.ts";
import { PERMIT_FORCE_RELAY } from "../permissions.ts";
import type { Orphan } from "./orphan.ts";
import { TransactionDownload } from "./transaction-download.ts";
import { nameOf, type Received, received } from "./transaction-ids.ts";
import type { Requestable } from "./transaction-requests.ts";

const MAX_GETDATA = 1000;
/** Blocks so far below the best header confirm nothing that anybody announces now. */
const RECENT_DEPTH = 10;
/** Entries of a notfound that are looked at: all that we could have asked for. */
const MAX_NOT_FOUND = 5016;
/** Larger ones are not kept for blocks. */
const MAX_KEPT_SIZE = 100_000;

/** Who must know what became of a transaction. */
interface IntakeOutlets {
  /** Tells all peers of an entry of the mempool. */
  announce(entry: NetMempoolEntry): void;
  /** It was not taken, but a block may hold it all the same. */
  keepForBlocks(tx: TransactionView, wtxid: Uint8Array): void;
}

/** Hears of transactions, asks for them and hands them to the mempool, one after the other. */
export class TransactionIntake {
  readonly #parts: NetParts;
  readonly #peers: PeerSet;
  readonly #download: TransactionDownload;
  readonly #outlets: IntakeOutlets;
  /** Verdict and what follows from it are one step: the same transaction from two peers is judged once. */
  #last: Promise<unknown> = Promise.resolve();
  /** Peers whose orphans are being tried again. */
  readonly #working = new Map<number, Promise<void>>();

  constructor(parts: NetParts, peers: PeerSet, outlets: IntakeOutlets) {
    const { chain, mempool } = parts;
    this.#parts = parts;
    this.#peers = peers;
    this.#outlets = outlets;
    this.#download = new TransactionDownload(parts, peers);
    chain.blockConnected.on(({ block, node }) => {
      // While we catch up nothing is announced that this would be good for, and time is short.
      if (node.height + RECENT_DEPTH >= chain.bestHeader.height)
        this.#download.blockConnected(block);
    });
    chain.blockDisconnected.on(() => this.#download.blockDisconnected());
    chain.tipChanged.on(() => this.#download.tipChanged());
    mempool.added.on((entry) => {
      for (const peerId of this.#download.accepted(entry)) this.#workFor(peerId);
    });
  }

  orphans(): Iterable<Orphan> {
    return this.#download.orphans.orphans();
  }

  get orphanCount(): number {
    return this.#download.orphans.size;
  }

  announced(peer: Peer, { kind, hash }: InventoryItem): void {
    if (!this.#parts.chain.isInitialDownload)
      this.#download.announced(peer, hash, kind === MSG_WTX);
  }

  /** Asks for what is due. */
  tick(peer: Peer): void {
    const wanted = this.#download.toRequest(peer);
    for (let at = 0; at < wanted.length; at += MAX_GETDATA) {
      const items = wanted.slice(at, at + MAX_GETDATA).map((each) => itemOf(each, peer));
      peer.connection.send({ type: "getdata", items });
    }
  }

  notFound(peer: Peer, items: InventoryItems): void {
    if (items.length > MAX_NOT_FOUND) return;
    for (const { kind, hash } of items)
      if (isTransactionKind(kind)) this.#download.requests.answered(peer.id, hashKey(hash));
  }

  accept(peer: Peer, tx: TransactionView): Promise<void> {
    const what = received(tx);
    peer.relay?.known.add(peer.usesWtxid ? what.wtxid : what.txid);
    return this.#inTurn(() => this.#take(peer, what));
  }

  #inTurn(job: () => Promise<void>): Promise<void> {
    const run = this.#last.then(job);
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #take(peer: Peer, what: Received): Promise<void> {
    const reception = this.#download.came(peer.id, what);
    if (reception.kind === "new") {
      if (await this.#submit(peer.id, what, true)) peer.lastTransactionAt = this.#parts.clock.now();
      return;
    }
    if (peer.may(PERMIT_FORCE_RELAY)) this.#forceRelay(peer, what);
    if (reception.kind === "with-child")
      await this.#submitPackage(peer.id, what, received(reception.child.tx));
  }

  /** A gateway for nodes behind it: what it sends is passed on though we know it. */
  #forceRelay(peer: Peer, what: Received): void {
    const entry = this.#parts.mempool.get(what.txidKey);
    const text = `${nameOf(what)} from ${entry ? "" : "forcerelay "}peer=${peer.id}`;
    if (entry === undefined) this.#parts.log.info(`Not relaying non-mempool transaction ${text}`);
    else {
      this.#parts.log.info(`Force relaying tx ${text}`);
      this.#outlets.announce(entry);
    }
  }

  /** True when the mempool took it. */
  async #submit(peerId: number, what: Received, isFirst: boolean): Promise<boolean> {
    const { mempool } = this.#parts;
    const { fault } = await mempool.submit(what.tx);
    // It may have come in at another door while it waited here.
    if (fault === null || mempool.getByWtxid(what.wtxidKey) !== undefined) {
      this.#accepted(peerId, what);
      return fault === null;
    }
    const child = this.#refused(peerId, what, fault, isFirst);
    if (child !== null) await this.#submitPackage(peerId, what, received(child.tx));
    return false;
  }

  #accepted(peerId: number, what: Received): void {
    this.#parts.log.debug(
      "mempool",
      `AcceptToMemoryPool: peer=${peerId}: accepted ${nameOf(what)}`,
    );
  }

  /** @returns a child with which it may be taken */
  #refused(
    peerId: number,
    what: Received,
    fault: NetMempoolFault,
    isFirst: boolean,
  ): Orphan | null {
    this.#parts.log.debug(
      "mempoolrej",
      `${nameOf(what)} from peer=${peerId} was not accepted: ${formatFault(fault)}`,
    );
    const peer = this.#peers.get(peerId);
    const { parents, child } = this.#download.refused(peer, what, fault.kind, isFirst);
    for (const txid of parents) peer?.relay?.known.add(txid);
    if (isFirst && fault.kind !== "witness-stripped" && what.tx.totalSize < MAX_KEPT_SIZE)
      this.#outlets.keepForBlocks(what.tx, what.wtxid);
    return child;
  }

  /** The child may pay for the parent, which was refused for its fee (one parent, one child). */
  async #submitPackage(peerId: number, parent: Received, child: Received): Promise<void> {
    const { fault, results } = await this.#parts.mempool.submitPackage([parent.tx, child.tx]);
    this.#parts.log.debug(
      "txpackages",
      `package evaluation for parent ${nameOf(parent)} child ${nameOf(child)} from peer=${peerId}: package ${fault === null ? "accepted" : "rejected"}`,
    );
    if (fault !== null) this.#download.packageRefused(parent, child);
    for (const member of [child, parent]) {
      const result = results.get(member.wtxidKey);
      if (result?.type === "valid") this.#accepted(peerId, member);
      else if (result?.type === "invalid") this.#refused(peerId, member, result.fault, false);
      else if (result?.type === "different-witness")
        this.#refused(peerId, member, SAME_TXID, false);
    }
  }

  /**
   * Resolves when the orphans that the peer was given to try again have their verdicts; null when there
   * are none. Its next message waits for that, so that an answer tells the state behind them.
   */
  work(peer: Peer): Promise<void> | null {
    return this.#working.get(peer.id) ?? null;
  }

  #workFor(peerId: number): void {
    if (this.#working.has(peerId)) return;
    const work = this.#retryAll(peerId)
      .catch((error: unknown) =>
        this.#parts.log.error(`orphan could not be tried again: ${String(error)}`),
      )
      .finally(() => {
        this.#working.delete(peerId);
        // More may have come in the last moment.
        if (this.#download.orphans.hasWork(peerId)) this.#workFor(peerId);
      });
    this.#working.set(peerId, work);
  }

  /** One orphan a turn of the loop: a parent with many children holds nobody else up (CVE-2024-52914). */
  async #retryAll(peerId: number): Promise<void> {
    while (this.#download.orphans.hasWork(peerId)) {
      await nextTurn();
      await this.#inTurn(() => this.#retry(peerId));
    }
  }

  async #retry(peerId: number): Promise<void> {
    const orphan = this.#download.orphans.takeWork(peerId);
    if (orphan !== null) await this.#submit(peerId, received(orphan.tx), false);
  }

  forget(peer: Peer): void {
    this.#download.forget(peer);
  }
}

const SAME_TXID: NetMempoolFault = {
  kind: "conflict",
  reason: "txn-same-nonwitness-data-in-mempool",
  detail: "",
};

function itemOf({ key, isWtxid }: Requestable, peer: Peer): InventoryItem {
  const hash = keyHash(key);
  if (isWtxid) return { kind: MSG_WTX, hash };
  return { kind: peer.servesWitnesses ? MSG_TX | MSG_WITNESS_FLAG : MSG_TX, hash };
}
