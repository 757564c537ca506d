import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import {
  decodeBlockTransactionsRequest,
  encodeBlockTransactions,
} from "@compeer/protocol/wire/block-transactions";
import { encodeCompactBlock } from "@compeer/protocol/wire/compact-block";
import type { BlockNode } from "../../chain/block-node.ts";
import { resolveAnnounced } from "../availability.ts";
import type { Judge } from "../judge.ts";
import { isNearTip } from "../near-tip.ts";
import type { NetParts } from "../net-parts.ts";
import { randomNonce } from "../nonce.ts";
import type { Peer } from "../peer.ts";
import type { PeerSet } from "../peer-set.ts";

/** Blocks deeper than this are sent whole. Core: MAX_CMPCTBLOCK_DEPTH, MAX_BLOCKTXN_DEPTH. */
const COMPACT_DEPTH = 5;
const TRANSACTIONS_DEPTH = 10;
/** Peers below this version may punish us for a block that turns out bad. Core: INVALID_CB_NO_BAN_VERSION. */
const NO_BAN_VERSION = 70015;

/** The newest block, as it was announced. */
interface Newest {
  readonly block: Block;
  readonly payload: Uint8Array;
}

/** Sends compact blocks: new ones at once to who wants them so, others when asked (BIP152). */
export class CompactService {
  readonly #parts: NetParts;
  readonly #peers: PeerSet;
  readonly #judge: Judge;
  #newest: Newest | null = null;
  #highest = -1;

  constructor(parts: NetParts, peers: PeerSet, judge: Judge) {
    this.#parts = parts;
    this.#peers = peers;
    this.#judge = judge;
    parts.chain.blockFound.on(({ node, block }) => this.#announce(node, block));
  }

  /** Before the scripts are checked: a block that costs this much work is worth it. Core: NewPoWValidBlock. */
  #announce(node: BlockNode, block: Block): void {
    if (node.height <= this.#highest || node.height < this.#parts.network.segwitHeight) return;
    this.#highest = node.height;
    this.#newest = { block, payload: encodeCompactBlock(block, randomNonce()) };
    for (const peer of this.#peers) {
      if (!peer.isHandshakeDone || peer.version < NO_BAN_VERSION) continue;
      resolveAnnounced(peer, this.#parts.chain);
      const isNext = node.parent !== null && peer.hasHeader(node.parent) && !peer.hasHeader(node);
      if (peer.asksHighBandwidth && isNext) this.#send(peer, node, this.#newest.payload);
    }
  }

  #send(peer: Peer, node: BlockNode, payload: Uint8Array): void {
    const hash = formatHash(node.hash);
    this.#parts.log.debug("net", `sending header-and-ids ${hash} to peer=${peer.id}`);
    peer.connection.sendPayload("cmpctblock", payload);
    peer.sync.bestHeaderSent = node;
  }

  /** Announces a block of the best chain to a peer that wants new blocks at once. */
  announceTo(peer: Peer, node: BlockNode): void {
    const payload = this.#newestPayload(node);
    if (payload !== null) {
      this.#send(peer, node, payload);
      return;
    }
    peer.sync.bestHeaderSent = node;
    this.#parts.chain
      .readBlock(node)
      .then((raw) => {
        if (raw !== null)
          this.#send(peer, node, encodeCompactBlock(decodeBlock(raw), randomNonce()));
      })
      .catch((error) => this.#parts.log.error(`Announcing a block failed: ${String(error)}`));
  }

  #newestPayload(node: BlockNode): Uint8Array | null {
    const newest = this.#newest;
    return newest !== null && equalBytes(newest.block.hash, node.hash) ? newest.payload : null;
  }

  /** The answer to a getdata for a compact block; null when the peer is better off with the whole one. */
  async payloadFor(node: BlockNode): Promise<Uint8Array | null> {
    const { chain } = this.#parts;
    if (!isNearTip(this.#parts) || node.height < chain.tip.height - COMPACT_DEPTH) return null;
    const payload = this.#newestPayload(node);
    if (payload !== null) return payload;
    const raw = await chain.readBlock(node);
    return raw === null ? null : encodeCompactBlock(decodeBlock(raw), randomNonce());
  }

  /**
   * Answers getblocktxn. Null when nothing more is to be sent; the hash of a block too deep for this,
   * which is to be sent whole: then who asks for much must take it all.
   */
  async sendTransactions(peer: Peer, payload: Uint8Array): Promise<Uint8Array | null> {
    const { hash, positions } = decodeBlockTransactionsRequest(payload);
    const newest = this.#newest;
    if (newest !== null && equalBytes(newest.block.hash, hash)) {
      this.#sendFrom(newest.block, peer, positions);
      return null;
    }
    const { chain, log } = this.#parts;
    const node = chain.node(hash);
    if (node?.haveData !== true) {
      log.debug("net", `Peer ${peer.id} sent us a getblocktxn for a block we don't have`);
      return null;
    }
    if (node.height < chain.tip.height - TRANSACTIONS_DEPTH) {
      const text = `Peer ${peer.id} sent us a getblocktxn for a block > ${TRANSACTIONS_DEPTH} deep`;
      log.debug("net", text);
      return hash;
    }
    const raw = await chain.readBlock(node);
    if (raw !== null) this.#sendFrom(decodeBlock(raw), peer, positions);
    return null;
  }

  #sendFrom(block: Block, peer: Peer, positions: readonly number[]): void {
    const transactions: TransactionView[] = [];
    for (const position of positions) {
      const tx = block.transactions[position];
      if (tx === undefined) {
        this.#judge.misbehaving(peer, "getblocktxn with out-of-bounds tx indices");
        return;
      }
      transactions.push(tx);
    }
    const payload = encodeBlockTransactions({ hash: block.hash, transactions });
    this.#parts.log.debug(
      "cmpctblock",
      `Peer ${peer.id} sent us a GETBLOCKTXN for block ${formatHash(block.hash)}, sending a BLOCKTXN with ${positions.length} txns. (${payload.length} bytes)`,
    );
    peer.connection.sendPayload("blocktxn", payload);
  }
}
