import type { Block } from "@compeer/protocol/bitcoin/block";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { blockWork } from "@compeer/protocol/consensus/difficulty";
import {
  decodeBlockTransactions,
  encodeBlockTransactionsRequest,
} from "@compeer/protocol/wire/block-transactions";
import { type CompactBlock, decodeCompactBlock } from "@compeer/protocol/wire/compact-block";
import type { BlockNode } from "../../chain/block-node.ts";
import { antiDosWork } from "../anti-dos-work.ts";
import { noteAnnounced } from "../availability.ts";
import type { BlockDownload } from "../block-download.ts";
import { MAX_IN_FLIGHT } from "../block-requests.ts";
import type { HeaderSync } from "../header-sync.ts";
import type { Judge } from "../judge.ts";
import { isNearTip } from "../near-tip.ts";
import type { NetParts } from "../net-parts.ts";
import type { Peer } from "../peer.ts";
import type { ExtraTransactions } from "./extra-transactions.ts";
import { PartialBlock, type Unusable } from "./partial-block.ts";

/** Peers of whom one block may be asked at once. Core: MAX_CMPCTBLOCKS_INFLIGHT_PER_BLOCK. */
const MAX_PARALLEL = 3;
/** Blocks further ahead of the tip are fetched as others are. */
const MAX_AHEAD = 2;

interface IntakeParts extends NetParts {
  readonly judge: Judge;
  readonly headers: HeaderSync;
  readonly download: BlockDownload;
  readonly extra: ExtraTransactions;
}

/** Puts blocks together from compact ones and the mempool, and asks for what is missing (BIP152). */
export class CompactIntake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Takes cmpctblock. @throws DecodeError */
  async accept(peer: Peer, payload: Uint8Array): Promise<void> {
    const compact = decodeCompactBlock(payload);
    const node = this.#acceptHeader(peer, compact);
    if (node === null || node.haveData) return;
    const { chain, download } = this.#parts;
    const { requests } = download;
    const isAsked = peer.sync.inFlight.has(node.key);
    if (node.chainWork <= chain.tip.chainWork || node.txCount !== 0) {
      if (isAsked) download.fetchWhole(peer, node);
      return;
    }
    if (!requests.isRequested(node.key) && !isNearTip(this.#parts)) return;
    if (node.height > chain.tip.height + MAX_AHEAD) {
      if (isAsked) download.fetchWhole(peer, node);
      else this.#parts.headers.accept(peer, [compact.header], true);
      return;
    }
    const hasRoom = peer.sync.inFlight.size < MAX_IN_FLIGHT;
    if (isAsked || (hasRoom && requests.count(node.key) < MAX_PARALLEL))
      await this.#begin(peer, node, compact, payload.length);
    else await this.#tryWithoutAsking(peer, node, compact);
  }

  /** The header's node; null when nothing is to be done with the block. */
  #acceptHeader(peer: Peer, { header }: CompactBlock): BlockNode | null {
    const { chain, headers, judge, log } = this.#parts;
    const parent = chain.node(header.prevHash);
    if (parent === null) {
      if (!chain.isInitialDownload) headers.ask(peer, chain.bestHeader);
      return null;
    }
    if (parent.chainWork + blockWork(header.bits) < antiDosWork(chain)) {
      log.debug("net", `Ignoring low-work compact block from peer ${peer.id}`);
      return null;
    }
    const isNew = chain.node(header.hash) === null;
    const { last: node, fault } = chain.acceptHeaders([header]);
    if (fault !== null) judge.blockFault(peer, fault, "invalid header via cmpctblock", true);
    if (fault !== null || node === null) return null;
    if (isNew) headers.logNew(peer, node, true);
    noteAnnounced(peer, node.hash, chain);
    if (isNew) headers.noteNews(peer, node);
    return node;
  }

  async #begin(peer: Peer, node: BlockNode, compact: CompactBlock, size: number): Promise<void> {
    const { download, judge, log } = this.#parts;
    const { requests } = download;
    const wasCount = requests.count(node.key);
    if (peer.sync.partials.has(node.key)) {
      log.debug("net", "Peer sent us compact block we were already syncing!");
      return;
    }
    download.noteRequest(peer, node);
    const isFirst = requests.firstAsked(node.key) === peer;
    const partial = this.#assemble(compact, size);
    if (partial === "invalid") {
      download.endRequest(peer, node.key);
      judge.misbehaving(peer, "invalid compact block");
    } else if (partial === "failed") {
      if (isFirst) download.fetchWhole(peer, node);
      else download.endRequest(peer, node.key);
    } else {
      peer.sync.partials.set(node.key, partial);
      const { missing } = partial;
      if (missing.length === 0) await this.#complete(peer, node, partial, []);
      else if (isFirst || this.#mayAskToo(peer, node, wasCount)) this.#ask(peer, node, missing);
      else download.endRequest(peer, node.key);
    }
  }

  #assemble(compact: CompactBlock, size: number): PartialBlock | Unusable {
    const { extra, log, mempool } = this.#parts;
    const hash = formatHash(compact.header.hash);
    log.debug(
      "cmpctblock",
      `Initializing PartiallyDownloadedBlock for block ${hash} using a cmpctblock of ${size} bytes`,
    );
    return PartialBlock.begin(compact, { mempool: mempool.entries(), extra });
  }

  /** A second and third peer are asked beside the first, the last place being kept for one we chose. */
  #mayAskToo(peer: Peer, node: BlockNode, wasCount: number): boolean {
    const { requests } = this.#parts.download;
    if (!peer.isHighBandwidth) return false;
    const isOutboundAsked = requests
      .askedOf(node.key)
      .some((asked) => !asked.isInbound && asked !== peer);
    return !peer.isInbound || isOutboundAsked || wasCount < MAX_PARALLEL - 1;
  }

  #ask(peer: Peer, node: BlockNode, positions: readonly number[]): void {
    const payload = encodeBlockTransactionsRequest({ hash: node.hash, positions });
    peer.connection.sendPayload("getblocktxn", payload);
  }

  /** The block is asked of others, or this peer has too much to do: perhaps nothing need be asked. */
  async #tryWithoutAsking(peer: Peer, node: BlockNode, compact: CompactBlock): Promise<void> {
    const { chain, download, extra, mempool } = this.#parts;
    const partial = PartialBlock.begin(compact, { mempool: mempool.entries(), extra });
    if (typeof partial === "string" || partial.missing.length > 0) return;
    const block = partial.complete([], this.#hasWitnesses(node));
    if (typeof block === "string") return;
    this.#logDone(node, partial, block);
    await download.acceptCompact(peer, block);
    if (chain.node(node.hash)?.haveData === true) download.endAllRequests(node.key);
  }

  /** Takes blocktxn. @throws DecodeError */
  async acceptTransactions(peer: Peer, payload: Uint8Array): Promise<void> {
    const { hash, transactions } = decodeBlockTransactions(payload);
    const { chain, download, judge, log } = this.#parts;
    const partial = peer.sync.partials.get(hashKey(hash));
    const node = chain.node(hash);
    if (partial === undefined || node === null) {
      log.debug("net", `Peer ${peer.id} sent us block transactions for block we weren't expecting`);
      return;
    }
    if (partial.isSpent) {
      download.endRequest(peer, node.key);
      judge.misbehaving(peer, "previous compact block reconstruction attempt failed");
      return;
    }
    await this.#complete(peer, node, partial, transactions);
  }

  async #complete(
    peer: Peer,
    node: BlockNode,
    partial: PartialBlock,
    missing: Parameters<PartialBlock["complete"]>[0],
  ): Promise<void> {
    const { download, judge, log } = this.#parts;
    const isFirst = download.requests.firstAsked(node.key) === peer;
    const block = partial.complete(missing, this.#hasWitnesses(node));
    if (block === "invalid") {
      download.endRequest(peer, node.key);
      judge.misbehaving(peer, "invalid compact block/non-matching block transactions");
    } else if (block === "failed" && isFirst) {
      // Two transactions may share a short id. The spent block stays, so that this is not tried again.
      download.fetchWhole(peer, node);
    } else if (block === "failed") {
      download.endRequest(peer, node.key);
      log.debug(
        "net",
        `Peer ${peer.id} sent us a compact block but it failed to reconstruct, waiting on first download to complete`,
      );
    } else {
      download.endRequest(peer, node.key);
      this.#logDone(node, partial, block);
      await download.acceptCompact(peer, block);
    }
  }

  #hasWitnesses(node: BlockNode): boolean {
    return node.height >= this.#parts.network.segwitHeight;
  }

  #logDone(node: BlockNode, { counts }: PartialBlock, block: Block): void {
    this.#parts.log.debug(
      "cmpctblock",
      `Successfully reconstructed block ${formatHash(node.hash)} with ${counts.prefilled} txn prefilled, ${counts.mempool} txn from mempool (incl at least ${counts.extra} from extra pool) and ${counts.asked} txn (${block.raw.length} bytes) requested`,
    );
  }
}
