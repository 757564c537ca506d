import { existsSync } from "node:fs";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { ClassicLevel } from "classic-level";
import { checkLevel } from "./check-level.ts";
import { asStorageError, ensureDiskSpace, freeBytes } from "./disk-space.ts";
import type { Batch, KeyRange, KeyValueStore } from "./key-value.ts";
import { KEY_SIZE, obfuscate, randomKey, ZERO_KEY } from "./obfuscation.ts";

/** Record of the obfuscation key: the text "\0obfuscate_key" behind its length. Core: src/dbwrapper.h. */
const KEY_RECORD: Uint8Array = Uint8Array.from("\x0e\0obfuscate_key", (c) => c.charCodeAt(0));
const DEFAULT_CACHE = 8 << 20;
/** Core: DBWRAPPER_MAX_FILE_SIZE. */
const MAX_FILE_SIZE = 32 << 20;
/** Entries, and about as many bytes of them, that an iteration fetches at a time. */
const PAGE = 1000;
const PAGE_BYTES = 128 << 10;
/** Bytes of tables that are checked before they are opened: about a second. */
const CHECKED_TABLES = 64 << 20;
const VIEWS = { keyEncoding: "view", valueEncoding: "view" } as const;

type Level = ClassicLevel<Uint8Array, Uint8Array>;

export interface LevelStoreOptions {
  /** True to give a new store a random obfuscation key; a key that is there is always used. */
  readonly obfuscate: boolean;
  /** Half goes to the block cache, a quarter to each write buffer, as in Core. */
  readonly cacheBytes?: number;
  /** Start from nothing. */
  readonly wipe?: boolean;
}

/**
 * Opens a LevelDB in the folder `path`, made if needed, with the options that Bitcoin Core uses, so
 * that either program opens what the other wrote. Core: src/dbwrapper.cpp.
 *
 * @throws DecodeError naming the file when one is damaged
 */
export async function openLevelStore(
  path: string,
  options: LevelStoreOptions,
): Promise<KeyValueStore> {
  if (options.wipe) await ClassicLevel.destroy(path);
  else if (existsSync(path)) checkLevel(path, CHECKED_TABLES);
  const cache = options.cacheBytes ?? DEFAULT_CACHE;
  const level: Level = new ClassicLevel(path, {
    ...VIEWS,
    compression: false,
    cacheSize: cache >>> 1,
    writeBufferSize: cache >>> 2,
    maxFileSize: MAX_FILE_SIZE,
  });
  await level.open();
  try {
    return new LevelStore(level, await obfuscationKey(level, options.obfuscate));
  } catch (error) {
    await level.close();
    throw error;
  }
}

async function obfuscationKey(level: Level, wanted: boolean): Promise<Uint8Array> {
  const record = await level.get(KEY_RECORD);
  if (record !== undefined) {
    if (record.length !== KEY_SIZE + 1 || record[0] !== KEY_SIZE)
      throw new DecodeError("damaged obfuscation key");
    return record.slice(1);
  }
  if (!wanted || (await level.keys({ limit: 1 }).all()).length > 0) return ZERO_KEY;
  const key = randomKey();
  await level.put(KEY_RECORD, Uint8Array.of(KEY_SIZE, ...key), { sync: true });
  return key;
}

class LevelStore implements KeyValueStore {
  readonly #level: Level;
  readonly #key: Uint8Array;

  constructor(level: Level, key: Uint8Array) {
    this.#level = level;
    this.#key = key;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#plain(await this.#level.get(key));
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    return this.#plain(this.#level.getSync(key));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    const values = await this.#level.getMany(keys as Uint8Array[]);
    return values.map((value) => this.#plain(value));
  }

  batch(): Batch {
    return new LevelBatch(this.#level, this.#key);
  }

  async write(batch: Batch, sync: boolean): Promise<void> {
    ensureDiskSpace(freeBytes(this.#level.location), batch.size);
    try {
      await (batch as LevelBatch).chained.write({ sync });
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async *entries(range: KeyRange): AsyncIterable<[Uint8Array, Uint8Array]> {
    const iterator = this.#level.iterator({ ...range, highWaterMarkBytes: PAGE_BYTES });
    try {
      for (;;) {
        const page = await iterator.nextv(PAGE);
        if (page.length === 0) return;
        for (const [key, value] of page) yield [withoutBuffer(key), this.#plain(value)];
      }
    } finally {
      await iterator.close();
    }
  }

  approximateSize({ gte, lt }: Required<KeyRange>): Promise<number> {
    return this.#level.approximateSize(gte, lt);
  }

  compact(): Promise<void> {
    return this.#level.compactRange(Uint8Array.of(0), new Uint8Array(64).fill(0xff));
  }

  close(): Promise<void> {
    return this.#level.close();
  }

  #plain(value: Uint8Array): Uint8Array;
  #plain(value: Uint8Array | undefined): Uint8Array | undefined;
  #plain(value: Uint8Array | undefined): Uint8Array | undefined {
    if (value === undefined) return undefined;
    const bytes = withoutBuffer(value);
    obfuscate(bytes, this.#key, 0);
    return bytes;
  }
}

/** The library hands out Buffers, whose `slice` does not copy: nobody else should meet one. */
function withoutBuffer(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

class LevelBatch implements Batch {
  readonly chained: ReturnType<Level["batch"]>;
  readonly #key: Uint8Array;
  size = 0;

  constructor(level: Level, key: Uint8Array) {
    this.chained = level.batch();
    this.#key = key;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    const stored = new Uint8Array(value);
    obfuscate(stored, this.#key, 0);
    this.chained.put(key, stored);
    this.size += key.length + value.length;
  }

  delete(key: Uint8Array): void {
    this.chained.del(key);
    this.size += key.length;
  }
}
