import { setImmediate as nextTurn } from "node:timers/promises";
import { MAX_MONEY } from "@compeer/protocol/bitcoin/amount";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { printable } from "@compeer/protocol/wire/frame";
import {
  type InventoryItem,
  type InventoryItems,
  isBlockKind,
  isTransactionKind,
  MSG_BLOCK,
  MSG_TX,
  MSG_WITNESS_BLOCK,
  MSG_WTX,
} from "@compeer/protocol/wire/inventory";
import type { Message } from "@compeer/protocol/wire/message";
import type { AddressIntake } from "./addresses/address-intake.ts";
import type { Audits } from "./audit/audits.ts";
import { noteAnnounced } from "./availability.ts";
import type { BlockAnnouncer } from "./block-announcer.ts";
import type { BlockDownload } from "./block-download.ts";
import type { BlockService } from "./block-service.ts";
import type { BloomService } from "./bloom-service.ts";
import type { CompactIntake } from "./compact/compact-intake.ts";
import type { CompactService } from "./compact/compact-service.ts";
import type { Features } from "./features.ts";
import type { FeeFilter } from "./fee-filter.ts";
import type { FilterService } from "./filter-service.ts";
import { type Handshake, refusesTransactions } from "./handshake.ts";
import type { HeaderSync } from "./header-sync.ts";
import { inventoryText } from "./inventory-text.ts";
import type { Judge } from "./judge.ts";
import type { KeepAlive } from "./keep-alive.ts";
import type { NetOptions, NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import type { Reconciliation } from "./transactions/reconciliation.ts";
import type { TransactionIntake } from "./transactions/transaction-intake.ts";
import type { TransactionRelay } from "./transactions/transaction-relay.ts";

/** BIP152 with witnesses. */
const COMPACT_VERSION = 2n;

/** Entries of an inv or a getdata after which others get a turn. */
const INVENTORY_TURN = 2000;

/** Everybody who has to do with messages. */
export interface Departments {
  readonly judge: Judge;
  readonly handshake: Handshake;
  readonly features: Features;
  readonly keepAlive: KeepAlive;
  readonly headers: HeaderSync;
  readonly download: BlockDownload;
  readonly service: BlockService;
  readonly compact: CompactIntake;
  readonly compactService: CompactService;
  readonly announcer: BlockAnnouncer;
  readonly intake: TransactionIntake;
  readonly relay: TransactionRelay;
  readonly reconciliation: Reconciliation;
  readonly bloom: BloomService;
  readonly filters: FilterService;
  readonly audits: Audits;
  readonly feeFilter: FeeFilter;
  readonly addresses: AddressIntake;
}

/** Brings each message of a peer to who deals with it. Core: PeerManagerImpl::ProcessMessage. */
export class MessageHandler {
  readonly #parts: NetParts;
  readonly #options: NetOptions;
  readonly #to: Departments;

  constructor(parts: NetParts, options: NetOptions, departments: Departments) {
    this.#parts = parts;
    this.#options = options;
    this.#to = departments;
  }

  /** Resolves when the next message of the peer may be handled. */
  async handle(peer: Peer, message: Message): Promise<void> {
    const work = this.#to.intake.work(peer);
    if (work !== null) await work;
    if (message.type === "version") return this.#to.handshake.version(peer, message);
    if (peer.version === 0) {
      const name = printable(message.type === "unknown" ? message.command : message.type);
      this.#debug(
        `non-version message before version handshake. Message "${name}" from peer=${peer.id}`,
      );
      return;
    }
    switch (message.type) {
      case "verack":
        return this.#to.handshake.verack(peer);
      case "wtxidrelay":
      case "sendaddrv2":
        return this.#to.handshake.feature(peer, message.type);
      case "sendtxrcncl":
        return this.#to.reconciliation.accept(
          peer,
          message.payload,
          !refusesTransactions(peer, this.#options),
        );
      case "feature":
        return this.#to.features.accept(peer, message);
      case "sendheaders":
        peer.sync.wantsHeaders = true;
        return;
      case "sendcmpct":
        if (message.version !== COMPACT_VERSION) return;
        peer.providesCompact = true;
        peer.asksHighBandwidth = message.highBandwidth;
        return;
    }
    if (peer.isHandshakeDone) return this.#handleConnected(peer, message);
    const name = printable(message.type === "unknown" ? message.command : message.type);
    this.#debug(`Unsupported message "${name}" prior to verack from peer=${peer.id}`);
  }

  #debug(text: string): void {
    this.#parts.log.debug("net", text);
  }

  async #handleConnected(peer: Peer, message: Message): Promise<void> {
    const to = this.#to;
    switch (message.type) {
      case "ping":
        return to.keepAlive.ping(peer, message.nonce);
      case "pong":
        return to.keepAlive.pong(peer, message.nonce);
      case "inv":
        return this.#inventory(peer, message.items);
      case "getdata":
        return this.#getData(peer, message.items);
      case "notfound":
        return to.intake.notFound(peer, message.items);
      case "getheaders":
        return to.service.getHeaders(peer, message);
      case "getblocks":
        return to.service.getBlocks(peer, message);
      case "headers":
        if (!this.#parts.chain.isImporting) to.headers.accept(peer, message.headers);
        return;
      case "block":
        if (!this.#parts.chain.isImporting) await to.download.accept(peer, message.block);
        return;
      case "cmpctblock":
        if (!this.#parts.chain.isImporting) await to.compact.accept(peer, message.payload);
        return;
      case "blocktxn":
        if (!this.#parts.chain.isImporting)
          await to.compact.acceptTransactions(peer, message.payload);
        return;
      case "getcfilters":
      case "getcfheaders":
      case "getcfcheckpt":
        return to.filters.serve(peer, message.type, message.payload);
      case "getblocktxn":
        return this.#getBlockTransactions(peer, message.payload);
      case "tx":
        if (refusesTransactions(peer, this.#options))
          return to.judge.disconnect(peer, "transaction sent in violation of protocol");
        if (!this.#parts.chain.isInitialDownload) await to.intake.accept(peer, message.tx);
        return;
      case "addr":
      case "addrv2":
        return to.addresses.accept(peer, message.type, message.addresses);
      case "getaddr":
        return to.addresses.asked(peer);
      case "feefilter":
        if (peer.relay !== null && message.feeRate >= 0 && message.feeRate <= MAX_MONEY)
          peer.relay.feeFilter = message.feeRate;
        return;
      default:
        return this.#handleRare(peer, message);
    }
  }

  /** Services that few ask for; the rest means nothing to us. */
  #handleRare(peer: Peer, message: Message): void {
    const { bloom } = this.#to;
    switch (message.type) {
      case "filterload":
        bloom.load(peer, message.payload);
        return;
      case "filteradd":
        bloom.add(peer, message.payload);
        return;
      case "filterclear":
        bloom.clear(peer);
        return;
      case "mempool":
        bloom.mempool(peer);
        return;
      case "getaudit":
        this.#to.audits.serve(peer, message.payload);
        return;
      case "audit":
        this.#to.audits.accept(peer, message.payload);
        return;
      case "unknown":
        this.#debug(`Unknown command "${printable(message.command)}" from peer=${peer.id}`);
        return;
    }
  }

  async #inventory(peer: Peer, items: InventoryItems): Promise<void> {
    const { chain } = this.#parts;
    const refuses = refusesTransactions(peer, this.#options);
    let unknown: Uint8Array | null = null;
    let position = 0;
    for (const item of items) {
      if (++position % INVENTORY_TURN === 0) await nextTurn();
      if (peer.connection.isClosed) return;
      // The kind must fit what was agreed on: wtxids with who said wtxidrelay (BIP339).
      if (item.kind === (peer.usesWtxid ? MSG_TX : MSG_WTX)) continue;
      if (item.kind === MSG_BLOCK) {
        noteAnnounced(peer, item.hash, chain);
        if (this.#isNewBlock(item.hash)) unknown = item.hash;
      } else if (isTransactionKind(item.kind)) {
        if (refuses) {
          const what = `transaction (${formatHash(item.hash)})`;
          this.#to.judge.disconnect(peer, `${what} inv sent in violation of protocol`);
          return;
        }
        peer.relay?.known.add(item.hash);
        this.#to.intake.announced(peer, item);
      }
    }
    if (unknown !== null) this.#to.headers.announced(peer, unknown);
  }

  #isNewBlock(hash: Uint8Array): boolean {
    const { chain } = this.#parts;
    if (chain.isImporting || chain.node(hash) !== null) return false;
    return !this.#to.download.requests.isRequested(hashKey(hash));
  }

  /** One after the other, and no faster than the peer takes them in. */
  async #getData(peer: Peer, items: InventoryItems): Promise<void> {
    this.#debug(`received getdata (${items.length} invsz) peer=${peer.id}`);
    const first = items.at(0);
    if (first !== undefined)
      this.#debug(`received getdata for: ${inventoryText(first)} peer=${peer.id}`);
    let missing: number[] = [];
    for (let i = 0; i < items.length; i++) {
      if (i % INVENTORY_TURN === INVENTORY_TURN - 1) await nextTurn();
      if (peer.connection.isClosed) return;
      if (peer.connection.isSendBufferFull) await peer.connection.drained();
      const item = items.at(i) as InventoryItem;
      if (isTransactionKind(item.kind)) {
        if (peer.relay !== null && !this.#to.relay.serve(peer, peer.relay, item)) missing.push(i);
      } else {
        missing = sendNotFound(peer, items, missing);
        if (isBlockKind(item.kind)) await this.#to.service.serve(peer, item);
      }
    }
    sendNotFound(peer, items, missing);
  }

  async #getBlockTransactions(peer: Peer, payload: Uint8Array): Promise<void> {
    const tooDeep = await this.#to.compactService.sendTransactions(peer, payload);
    if (tooDeep !== null)
      await this.#to.service.serve(peer, { kind: MSG_WITNESS_BLOCK, hash: tooDeep });
  }

  /** Everything that is said unasked. Core: PeerManagerImpl::SendMessages. */
  tick(peer: Peer): void {
    const to = this.#to;
    if (!peer.isHandshakeDone || peer.connection.isClosed) return;
    to.addresses.tick(peer);
    to.keepAlive.tick(peer);
    to.service.tick(peer);
    to.headers.tick(peer);
    to.announcer.tick(peer);
    to.relay.tick(peer);
    if (peer.connection.isClosed) return;
    to.download.tick(peer);
    to.intake.tick(peer);
    to.feeFilter.tick(peer);
  }
}

function sendNotFound(peer: Peer, asked: InventoryItems, missing: readonly number[]): number[] {
  const items = missing.map((position) => asked.at(position) as InventoryItem);
  if (items.length > 0) peer.connection.send({ type: "notfound", items });
  return [];
}
