import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import type { BlockFileInfo } from "./block-file-info.ts";
import { decodeFileInfo, encodeFileInfo } from "./block-file-info.ts";
import { type BlockRecord, decodeBlockRecord, encodeBlockRecord } from "./block-record.ts";
import type { KeyValueStore } from "./key-value.ts";

const BLOCK = 0x62; // "b"
const FILE = 0x66; // "f"
const LAST_FILE: Uint8Array = Uint8Array.of(0x6c); // "l"
const REINDEX: Uint8Array = Uint8Array.of(0x52); // "R"
const FLAG = 0x46; // "F"
const TRUE = 0x31; // "1"
const FALSE = 0x30; // "0"

/** What changed in the index since it was written last. */
export interface BlockIndexChanges {
  readonly blocks: Iterable<BlockRecord>;
  /** Files by number. */
  readonly files: ReadonlyMap<number, BlockFileInfo>;
  /** Number of the newest file. */
  readonly lastFile: number;
}

/** The records of `blocks/index`. Core: BlockTreeDB in src/node/blockstorage.cpp. */
export class BlockIndexStore {
  readonly #store: KeyValueStore;

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  /** Every known block, in the order of their hashes. @throws DecodeError on a damaged record */
  async *blocks(): AsyncIterable<BlockRecord> {
    const range = { gte: Uint8Array.of(BLOCK), lt: Uint8Array.of(BLOCK + 1) };
    for await (const [, value] of this.#store.entries(range)) yield decodeBlockRecord(value);
  }

  /** What the block files hold, by file number. @throws DecodeError on a damaged record */
  async files(): Promise<BlockFileInfo[]> {
    const infos: BlockFileInfo[] = [];
    for (;;) {
      const value = await this.#store.get(fileKey(infos.length));
      if (value === undefined) break;
      infos.push(decodeFileInfo(value));
    }
    return infos;
  }

  /** Writes all changes at once and waits for the disk. */
  async write(changes: BlockIndexChanges): Promise<void> {
    const batch = this.#store.batch();
    for (const [file, info] of changes.files) batch.put(fileKey(file), encodeFileInfo(info));
    batch.put(LAST_FILE, new Writer(4).u32(changes.lastFile).finish());
    for (const block of changes.blocks) batch.put(blockKey(block.hash), encodeBlockRecord(block));
    await this.#store.write(batch, true);
  }

  /** Number of the newest file, 0 when none was written. */
  async lastFile(): Promise<number> {
    const value = await this.#store.get(LAST_FILE);
    return value === undefined ? 0 : new Reader(value).u32();
  }

  /** A named switch such as "prunedblockfiles"; false when it was never set. */
  async flag(name: string): Promise<boolean> {
    const value = await this.#store.get(flagKey(name));
    return value !== undefined && value[0] === TRUE;
  }

  async setFlag(name: string, value: boolean): Promise<void> {
    await this.#put(flagKey(name), Uint8Array.of(value ? TRUE : FALSE));
  }

  /** True while a -reindex is not through. */
  async isReindexing(): Promise<boolean> {
    return (await this.#store.get(REINDEX)) !== undefined;
  }

  async setReindexing(value: boolean): Promise<void> {
    if (value) return this.#put(REINDEX, Uint8Array.of(TRUE));
    const batch = this.#store.batch();
    batch.delete(REINDEX);
    await this.#store.write(batch, true);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  async #put(key: Uint8Array, value: Uint8Array): Promise<void> {
    const batch = this.#store.batch();
    batch.put(key, value);
    await this.#store.write(batch, true);
  }
}

function blockKey(hash: Uint8Array): Uint8Array {
  return new Writer(33).u8(BLOCK).raw(hash).finish();
}

function fileKey(file: number): Uint8Array {
  return new Writer(5).u8(FILE).u32(file).finish();
}

function flagKey(name: string): Uint8Array {
  const bytes = Uint8Array.from(name, (letter) => letter.charCodeAt(0));
  if (bytes.length > 252) throw new DecodeError("flag name too long");
  return new Writer(32).u8(FLAG).varBytes(bytes).finish();
}
