import type { Block } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import {
  BASIC_FILTER_NAME,
  basicFilter,
  filterHash,
  filterHeader,
  NO_FILTER_HEADER,
} from "@compeer/protocol/filters/basic-filter";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import type { Follower } from "../chain/follow.ts";
import type { FlatFiles } from "../storage/flat-files.ts";
import type { KeyValueStore } from "../storage/key-value.ts";
import { readVarInt, writeVarInt } from "../storage/var-int.ts";
import { putBeside, putInChain, readRecord } from "./block-records.ts";
import { FilterFiles, type FilterPosition } from "./filter-files.ts";
import { IndexStore } from "./index-store.ts";

const NEXT_POSITION: Uint8Array = Uint8Array.of(0x50); // "P"
const HASH_SIZE = 32;

/** What is known of a block's filter without reading it. */
export interface FilterRecord {
  readonly hash: Uint8Array;
  /** BIP157. */
  readonly header: Uint8Array;
  readonly at: FilterPosition;
}

/**
 * The basic filters of all blocks (BIP158) and the headers that bind them (BIP157), in the files of
 * Core's index: blocks of the chain by height, others by hash. Core: src/index/blockfilterindex.cpp.
 */
export class BlockFilterIndex implements Follower {
  readonly name: string = `${BASIC_FILTER_NAME} block filter index`;
  readonly needsSpent: boolean = true;
  readonly #chain: Chain;
  readonly #store: IndexStore;
  readonly #files: FilterFiles;

  private constructor(chain: Chain, store: IndexStore, files: FilterFiles) {
    this.#chain = chain;
    this.#store = store;
    this.#files = files;
  }

  /** @throws DecodeError when the database is damaged */
  static async open(
    chain: Chain,
    records: KeyValueStore,
    files: FlatFiles,
  ): Promise<BlockFilterIndex> {
    const saved = await records.get(NEXT_POSITION);
    const next = saved === undefined ? { file: 0, offset: 0 } : readPosition(new Reader(saved));
    const store = await IndexStore.open(records, chain);
    return new BlockFilterIndex(chain, store, new FilterFiles(files, next));
  }

  get position(): Uint8Array | null {
    return this.#store.position?.hash ?? null;
  }

  async connect(block: Block, node: BlockNode, spent: SpentCoins | null): Promise<void> {
    const previous =
      node.parent === null ? NO_FILTER_HEADER : (await this.#known(node.parent)).header;
    const filter = basicFilter(block, spent);
    const hash = filterHash(filter);
    const at = this.#files.append(node.hash, filter);
    const record = encodeRecord({ hash, header: filterHeader(hash, previous), at });
    const batch = this.#store.records.batch();
    putInChain(batch, node, record);
    batch.put(NEXT_POSITION, encodePosition(this.#files.next));
    await this.#store.move(batch, node, this.#chain);
  }

  /** The block's record moves to its hash: the next block of its height takes its place. */
  async disconnect(_block: Block, node: BlockNode): Promise<void> {
    const batch = this.#store.records.batch();
    putBeside(batch, node, encodeRecord(await this.#known(node)));
    await this.#store.move(batch, node.parent, this.#chain);
  }

  /** Null when the index has not come to the block. @throws DecodeError when its record is damaged */
  async record(node: BlockNode): Promise<FilterRecord | null> {
    const record = await readRecord(this.#store.records, node);
    return record && decodeRecord(record);
  }

  /** Null when the index has not come to the block. @throws DecodeError when it is damaged */
  async filter(node: BlockNode): Promise<Uint8Array | null> {
    const record = await this.record(node);
    return record === null ? null : this.#files.read(record.at, record.hash);
  }

  async close(): Promise<void> {
    await this.#files.close();
    await this.#store.close(this.#chain);
  }

  async #known(node: BlockNode): Promise<FilterRecord> {
    const record = await this.record(node);
    if (record === null) throw new DecodeError(`${this.name} lacks block ${node.height}`);
    return record;
  }
}

function encodeRecord({ hash, header, at }: FilterRecord): Uint8Array {
  return new Writer(80).raw(hash).raw(header).raw(encodePosition(at)).finish();
}

function decodeRecord(bytes: Uint8Array): FilterRecord {
  const reader = new Reader(bytes);
  const hash = reader.take(HASH_SIZE);
  return { hash, header: reader.take(HASH_SIZE), at: readPosition(reader) };
}

function encodePosition({ file, offset }: FilterPosition): Uint8Array {
  const writer = new Writer(10);
  writeVarInt(writer, file);
  writeVarInt(writer, offset);
  return writer.finish();
}

function readPosition(reader: Reader): FilterPosition {
  const file = readVarInt(reader);
  return { file, offset: readVarInt(reader) };
}
