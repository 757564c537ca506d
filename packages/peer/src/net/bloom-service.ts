import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import { encodeMerkleProof } from "@compeer/protocol/bitcoin/merkle-proof";
import { strippedBytes } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { Reader } from "@compeer/protocol/bytes/reader";
import { BloomFilter, MAX_BLOOM_ITEM } from "@compeer/protocol/filters/bloom-filter";
import type { Judge } from "./judge.ts";
import type { NetOptions } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import { PERMIT_BLOOM_FILTER, PERMIT_MEMPOOL, PERMIT_NO_BAN } from "./permissions.ts";
import type { UploadLimit } from "./reach/upload-limit.ts";

/** BIP111: filters are served to everybody (-peerbloomfilters), or to whom it is permitted. */
export function offersBloomFilters(peer: Peer, options: NetOptions): boolean {
  return options.serveBloomFilters || peer.may(PERMIT_BLOOM_FILTER);
}

/** Bloom filters of peers that want to hear of little only (BIP37), and what the mempool holds (BIP35). */
export class BloomService {
  readonly #options: NetOptions;
  readonly #judge: Judge;
  readonly #upload: UploadLimit;

  constructor(options: NetOptions, judge: Judge, upload: UploadLimit) {
    this.#options = options;
    this.#judge = judge;
    this.#upload = upload;
  }

  #isOffered(peer: Peer, command: string): boolean {
    if (offersBloomFilters(peer, this.#options)) return true;
    this.#judge.disconnect(peer, `${command} received despite not offering bloom services`);
    return false;
  }

  /** @throws DecodeError when it is none */
  load(peer: Peer, payload: Uint8Array): void {
    if (!this.#isOffered(peer, "filterload")) return;
    const filter = BloomFilter.decode(payload);
    if (!filter.isWithinLimits) this.#judge.misbehaving(peer, "too-large bloom filter");
    if (!filter.isWithinLimits || peer.relay === null) return;
    peer.relay.bloom = filter;
    peer.relay.wantsTransactions = true;
  }

  /** @throws DecodeError when it is none */
  add(peer: Peer, payload: Uint8Array): void {
    if (!this.#isOffered(peer, "filteradd")) return;
    const reader = new Reader(payload);
    const item = reader.varBytes();
    reader.end();
    const { relay } = peer;
    const isBad = item.length > MAX_BLOOM_ITEM || (relay !== null && relay.bloom === null);
    if (isBad) this.#judge.misbehaving(peer, "bad filteradd message");
    else relay?.bloom?.insert(item);
  }

  clear(peer: Peer): void {
    if (!this.#isOffered(peer, "filterclear") || peer.relay === null) return;
    peer.relay.bloom = null;
    peer.relay.wantsTransactions = true;
  }

  /** The peer asks for everything in the mempool; it is told with the next announcement. */
  mempool(peer: Peer): void {
    const mayAsk = offersBloomFilters(peer, this.#options) || peer.may(PERMIT_MEMPOOL);
    if (mayAsk && this.#upload.isReached && !peer.may(PERMIT_MEMPOOL)) {
      if (!peer.may(PERMIT_NO_BAN))
        this.#judge.disconnect(peer, "mempool request with bandwidth limit reached");
    } else if (mayAsk) {
      if (peer.relay !== null) peer.relay.wantsMempool = true;
    } else if (!peer.may(PERMIT_NO_BAN)) {
      this.#judge.disconnect(peer, "mempool request with bloom filters disabled");
    }
  }
}

/** Sends what a peer's filter matches of a block: the proof, then each transaction (BIP37). */
export function sendFilteredBlock(peer: Peer, block: Block): void {
  const filter = peer.relay?.bloom;
  if (!filter) return;
  const wanted = new Set<number>();
  const txids: Uint8Array[] = [];
  for (const [index, tx] of block.transactions.entries()) {
    txids.push(blockTxid(block, index));
    if (filter.matchAndUpdate(tx)) wanted.add(index);
  }
  const proof = encodeMerkleProof(block.header.raw, txids, (index) => wanted.has(index));
  peer.connection.sendPayload("merkleblock", proof);
  for (const index of wanted)
    peer.connection.sendPayload("tx", strippedBytes(block.transactions[index] as TransactionView));
}
