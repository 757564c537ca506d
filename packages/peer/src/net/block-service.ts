import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { strippedBytes } from "@compeer/protocol/bitcoin/transaction-id";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { Writer } from "@compeer/protocol/bytes/writer";
import { encodeHeaders, MAX_HEADERS } from "@compeer/protocol/wire/headers-message";
import {
  type InventoryItem,
  MSG_BLOCK,
  MSG_CMPCT_BLOCK,
  MSG_FILTERED_BLOCK,
} from "@compeer/protocol/wire/inventory";
import { type LocatorQuestion, MAX_LOCATOR } from "@compeer/protocol/wire/locator";
import type { BlockNode } from "../chain/block-node.ts";
import { VALID_SCRIPTS } from "../chain/block-status.ts";
import { sendFilteredBlock } from "./bloom-service.ts";
import type { CompactService } from "./compact/compact-service.ts";
import type { Judge } from "./judge.ts";
import type { NetOptions, NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import { PERMIT_DOWNLOAD, PERMIT_NO_BAN } from "./permissions.ts";
import type { UploadLimit } from "./reach/upload-limit.ts";

/** Stale blocks older than this are not served: asking for them would tell peers apart. */
const STALE_AGE = 30 * 86_400;
/** What a pruned peer serves: 288 blocks and two for races (BIP159). */
const LIMITED_DEPTH = 290;
/** Hashes that answer one getblocks. */
const MAX_INV_BLOCKS = 500;
/** Older blocks are history, which -maxuploadtarget ends first. */
const HISTORY_AGE = 7 * 86_400;

/** Serves headers and blocks. */
export class BlockService {
  readonly #parts: NetParts;
  readonly #options: NetOptions;
  readonly #judge: Judge;
  readonly #compact: CompactService;
  readonly #upload: UploadLimit;

  constructor(
    parts: NetParts,
    options: NetOptions,
    judge: Judge,
    compact: CompactService,
    upload: UploadLimit,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#judge = judge;
    this.#compact = compact;
    this.#upload = upload;
  }

  #isLocatorTooLong(peer: Peer, command: string, question: LocatorQuestion): boolean {
    const size = question.locator.length;
    if (size <= MAX_LOCATOR) return false;
    this.#judge.disconnect(peer, `${command} locator size ${size} > ${MAX_LOCATOR}`);
    return true;
  }

  getHeaders(peer: Peer, question: LocatorQuestion): void {
    if (this.#isLocatorTooLong(peer, "getheaders", question)) return;
    const { chain, log } = this.#parts;
    // Core gives no answer, and whoever asked does not ask again for two minutes.
    peer.sync.unanswered = chain.isImporting ? question : null;
    if (chain.isImporting) return;
    if (chain.tip.chainWork < chain.minimumChainWork && !peer.may(PERMIT_DOWNLOAD)) {
      const text = "because active chain has too little work; sending empty response";
      log.debug("net", `Ignoring getheaders from peer=${peer.id} ${text}`);
      peer.connection.send({ type: "headers", headers: [] });
      return;
    }
    let node = this.#firstHeader(peer, question);
    if (node === undefined) return;
    const headers: Uint8Array[] = [];
    for (; node !== null; node = chain.next(node)) {
      headers.push(node.header);
      if (headers.length === MAX_HEADERS || equalBytes(node.hash, question.stop)) break;
    }
    // Set, not raised: a tip that was announced while this was asked is then announced again.
    peer.sync.bestHeaderSent = node ?? chain.tip;
    peer.connection.sendPayload("headers", encodeHeaders(headers));
  }

  /** Answers what was asked while we were not ready to. */
  tick(peer: Peer): void {
    const { unanswered } = peer.sync;
    if (unanswered !== null && !this.#parts.chain.isImporting) this.getHeaders(peer, unanswered);
  }

  /** Null when the peer has all of ours; undefined when it is to get no answer. */
  #firstHeader(peer: Peer, { locator, stop }: LocatorQuestion): BlockNode | null | undefined {
    const { chain, log } = this.#parts;
    if (locator.length > 0) return chain.next(chain.forkOfLocator(locator));
    const node = chain.node(stop);
    if (node === null) return undefined;
    if (this.mayServe(node)) return node;
    log.debug(
      "net",
      `ignoring request from peer=${peer.id} for old block header that isn't in the main chain`,
    );
    return undefined;
  }

  /** On the best chain, or a valid fork that is recent by time and by work. Core: BlockRequestAllowed. */
  mayServe(node: BlockNode): boolean {
    const { chain, network } = this.#parts;
    if (chain.contains(node)) return true;
    const best = chain.bestHeader;
    const ageByWork = Number(
      ((best.chainWork - node.chainWork) * BigInt(network.targetSpacing)) / workOf(best),
    );
    return (
      node.isValid(VALID_SCRIPTS) && best.time - node.time < STALE_AGE && ageByWork < STALE_AGE
    );
  }

  getBlocks(peer: Peer, question: LocatorQuestion): void {
    if (this.#isLocatorTooLong(peer, "getblocks", question)) return;
    const { chain, network } = this.#parts;
    const keptDepth = LIMITED_DEPTH - 2 - 3600 / network.targetSpacing;
    let node = chain.next(chain.forkOfLocator(question.locator));
    for (let count = 1; node !== null; count++, node = chain.next(node)) {
      if (equalBytes(node.hash, question.stop)) break;
      const isOld = node.height <= chain.tip.height - keptDepth;
      if (this.#options.pruned && (!node.haveData || isOld)) break;
      peer.sync.invBlocks.push(node.hash);
      if (count < MAX_INV_BLOCKS) continue;
      peer.sync.continuation = node.hash;
      break;
    }
  }

  /** Sends the block that was asked for, in the form that was asked for. */
  async serve(peer: Peer, item: InventoryItem): Promise<void> {
    const { chain, log } = this.#parts;
    const node = chain.node(item.hash);
    if (node === null) return;
    // A compact block is announced before its scripts are checked: who asks for more waits for these.
    if (node.chainTxCount !== 0 && !node.isFailed && !node.isValid(VALID_SCRIPTS))
      await chain.settle();
    if (!this.mayServe(node)) {
      log.debug(
        "net",
        `ignoring request from peer=${peer.id} for old block that isn't in the main chain`,
      );
      return;
    }
    if (
      this.#isHistory(node, item) &&
      this.#upload.isReachedForHistory &&
      !peer.may(PERMIT_DOWNLOAD)
    )
      return this.#judge.disconnect(peer, "historical block serving limit reached");
    const isBelowPromise = this.#options.pruned && chain.tip.height - node.height > LIMITED_DEPTH;
    if (isBelowPromise && !peer.may(PERMIT_NO_BAN))
      return this.#judge.disconnect(
        peer,
        "Ignore block request below NODE_NETWORK_LIMITED threshold",
      );
    if (!node.haveData) return;
    if (item.kind === MSG_FILTERED_BLOCK) {
      const block = peer.relay?.bloom ? await chain.block(node) : null;
      if (block !== null) sendFilteredBlock(peer, block);
      return;
    }
    const compact = item.kind === MSG_CMPCT_BLOCK ? await this.#compact.payloadFor(node) : null;
    if (compact !== null) peer.connection.sendPayload("cmpctblock", compact);
    else await this.#sendWhole(peer, node, item.kind === MSG_BLOCK);
    this.#continue(peer, item.hash);
  }

  #isHistory(node: BlockNode, { kind }: InventoryItem): boolean {
    const age = this.#parts.chain.bestHeader.time - node.time;
    return age > HISTORY_AGE || kind === MSG_FILTERED_BLOCK;
  }

  async #sendWhole(peer: Peer, node: BlockNode, isStripped: boolean): Promise<void> {
    const { chain } = this.#parts;
    const raw = await chain.readBlock(node);
    if (raw === null)
      return this.#judge.disconnect(peer, `Cannot load block ${formatHash(node.hash)} from disk`);
    peer.connection.sendPayload("block", isStripped ? withoutWitnesses(raw) : raw);
  }

  /** Behind the last block of a batch comes our tip, upon which the peer asks for the next batch. */
  #continue(peer: Peer, hash: Uint8Array): void {
    const { continuation } = peer.sync;
    if (continuation === null || !equalBytes(continuation, hash)) return;
    peer.connection.send({
      type: "inv",
      items: [{ kind: MSG_BLOCK, hash: this.#parts.chain.tip.hash }],
    });
    peer.sync.continuation = null;
  }
}

function workOf(node: BlockNode): bigint {
  return node.chainWork - (node.parent?.chainWork ?? 0n);
}

/** The block as peers that know no witnesses want it (BIP144). */
function withoutWitnesses(raw: Uint8Array): Uint8Array {
  const block = decodeBlock(raw);
  if (block.strippedSize === raw.length) return raw;
  const writer = new Writer(block.strippedSize).raw(raw.subarray(0, HEADER_SIZE));
  writer.compactSize(block.transactions.length);
  for (const tx of block.transactions) writer.raw(strippedBytes(tx));
  return writer.finish();
}
