import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import type { BlockNode } from "../chain/block-node.ts";
import { canTakeBack } from "../chain/can-take-back.ts";
import type { Chain } from "../chain/chain.ts";
import type { Batch, KeyValueStore } from "../storage/key-value.ts";

/** Core: DB_BEST_BLOCK in src/index/base.cpp. */
const BEST_BLOCK: Uint8Array = Uint8Array.of(0x42); // "B"
const LOCATOR_VERSION = 70016;
const HASH_SIZE = 32;
/** While it is behind, an index notes where it stands after so many blocks. */
const NOTE_EVERY = 100;

/**
 * The database of one index and the block that it stands at. What was written last before a crash may
 * belong to blocks that the chain has forgotten: it is opened at the newest one from which it can go on.
 */
export class IndexStore {
  readonly records: KeyValueStore;
  #position: BlockNode | null;

  private constructor(records: KeyValueStore, position: BlockNode | null) {
    this.records = records;
    this.#position = position;
  }

  /** @throws DecodeError when the record of the position is damaged */
  static async open(records: KeyValueStore, chain: Chain): Promise<IndexStore> {
    const saved = await records.get(BEST_BLOCK);
    return new IndexStore(records, saved === undefined ? null : newestUsable(saved, chain));
  }

  /** Null before the first block. */
  get position(): BlockNode | null {
    return this.#position;
  }

  /** Goes on from another block than the one that is saved. */
  startAt(node: BlockNode | null): void {
    this.#position = node;
  }

  /** Writes what a block changed and moves on to `node`. */
  async move(batch: Batch, node: BlockNode | null, chain: Chain): Promise<void> {
    const isNoted = node === null || node === chain.tip || node.height % NOTE_EVERY === 0;
    if (isNoted) putPosition(batch, node, chain);
    await this.records.write(batch, false);
    this.#position = node;
  }

  /** Notes where it stands, waits for the disk and closes. */
  async close(chain: Chain): Promise<void> {
    const batch = this.records.batch();
    putPosition(batch, this.#position, chain);
    await this.records.write(batch, true);
    await this.records.close();
  }
}

function newestUsable(saved: Uint8Array, chain: Chain): BlockNode | null {
  const reader = new Reader(saved);
  reader.u32(); // version
  for (let left = reader.compactSize(); left > 0; left--) {
    const node = chain.node(reader.take(HASH_SIZE));
    if (node !== null && canTakeBack(chain, node)) return node;
  }
  return null;
}

function putPosition(batch: Batch, node: BlockNode | null, chain: Chain): void {
  if (node === null) {
    batch.delete(BEST_BLOCK);
    return;
  }
  const hashes = chain.locator(node);
  const writer = new Writer().u32(LOCATOR_VERSION).compactSize(hashes.length);
  for (const hash of hashes) writer.raw(hash);
  batch.put(BEST_BLOCK, writer.finish());
}
