import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import { decodeCoin } from "./coin-codec.ts";
import { coinKey, decodeCoinKey } from "./coin-key.ts";
import type { Batch, KeyValueStore } from "./key-value.ts";

const COIN = 0x43; // "C"
const BEST_BLOCK: Uint8Array = Uint8Array.of(0x42); // "B"
const HEAD_BLOCKS: Uint8Array = Uint8Array.of(0x48); // "H"
const COINS = { gte: Uint8Array.of(COIN), lt: Uint8Array.of(COIN + 1) };
/** -dbbatchsize. Core: DEFAULT_DB_CACHE_BATCH. */
const BATCH_BYTES = 16 << 20;

export interface CoinEntry {
  readonly txid: Uint8Array;
  readonly index: number;
  readonly coin: Coin;
}

/** The two ends of a flush that was not finished. */
export interface HeadBlocks {
  /** The block that the coins were to stand at. */
  readonly to: Uint8Array;
  /** The block they stood at; zeros when there was none. */
  readonly from: Uint8Array;
}

/** The records of `chainstate`. Core: CCoinsViewDB in src/txdb.cpp. */
export class CoinStore {
  /** Told of a record that does not decode and of a table that does not read, before that is thrown. */
  onDamage: (error: Error) => void = () => undefined;
  readonly #store: KeyValueStore;
  readonly #batchBytes: number;

  /** @param batchBytes -dbbatchsize: a flush is written in parts of about this size */
  constructor(store: KeyValueStore, batchBytes: number = BATCH_BYTES) {
    this.#store = store;
    this.#batchBytes = batchBytes;
  }

  /** The block that the coins stand at; null when there is none, or in the middle of a flush. */
  async bestBlock(): Promise<Uint8Array | null> {
    const value = await this.#store.get(BEST_BLOCK);
    return value === undefined ? null : hashOf(new Reader(value));
  }

  async headBlocks(): Promise<HeadBlocks | null> {
    const value = await this.#store.get(HEAD_BLOCKS);
    if (value === undefined) return null;
    const reader = new Reader(value);
    if (reader.compactSize() !== 2) return null;
    return { to: reader.take(32), from: hashOf(reader) };
  }

  async get(txid: Uint8Array, index: number): Promise<Coin | null> {
    try {
      const value = await this.#store.get(coinKey(txid, index));
      return value === undefined ? null : decodeCoin(value);
    } catch (error) {
      throw this.noticed(error);
    }
  }

  /** As `get`, at once: the thread waits for the disk. */
  getNow(txid: Uint8Array, index: number): Coin | null {
    try {
      const value = this.#store.getSync(coinKey(txid, index));
      return value === undefined ? null : decodeCoin(value);
    } catch (error) {
      throw this.noticed(error);
    }
  }

  /** The records under keys that `coinKey` made. */
  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    try {
      return await this.#store.getMany(keys);
    } catch (error) {
      throw this.noticed(error);
    }
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    return this.#store.getSync(key);
  }

  /** True when the store holds no coin. */
  async isEmpty(): Promise<boolean> {
    for await (const _ of this.#store.entries(COINS)) return false;
    return true;
  }

  /**
   * Begins to move the coins on to the block `to`. Until `finish`, the store says that it stands
   * between two blocks, so that a crash is noticed and the blocks between are replayed.
   *
   * @throws Error when a move that was cut off went elsewhere
   */
  async startWrite(to: Uint8Array): Promise<CoinWrite> {
    const heads = await this.headBlocks();
    if (heads !== null && !equalBytes(heads.to, to))
      throw new Error(
        "The coins database is in an inconsistent state, likely due to a previous crash. " +
          "Restart with -reindex-chainstate or -reindex.",
      );
    const from = (await this.bestBlock()) ?? heads?.from ?? new Uint8Array(32);
    return new CoinWrite(this.#store, this.#batchBytes, to, from);
  }

  /** Every coin, in the order of the keys. @throws DecodeError on a damaged record */
  async *entries(): AsyncIterable<CoinEntry> {
    try {
      for await (const [key, value] of this.#store.entries(COINS)) {
        const { txid, index } = decodeCoinKey(key);
        yield { txid, index, coin: decodeCoin(value) };
      }
    } catch (error) {
      throw this.noticed(error);
    }
  }

  /** The same error; `onDamage` has been told when it means that what is stored is damaged. */
  noticed(error: unknown): unknown {
    const isDamage =
      error instanceof DecodeError ||
      (error instanceof Error && "code" in error && error.code === "LEVEL_CORRUPTION");
    if (isDamage) this.onDamage(error);
    return error;
  }

  /** Rough bytes on disk. */
  approximateSize(): Promise<number> {
    return this.#store.approximateSize(COINS);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }
}

/** One move of the stored coins from block to block. Core: CCoinsViewDB::BatchWrite. */
export class CoinWrite {
  readonly #store: KeyValueStore;
  readonly #batchBytes: number;
  readonly #to: Uint8Array;
  #batch: Batch;

  constructor(store: KeyValueStore, batchBytes: number, to: Uint8Array, from: Uint8Array) {
    this.#store = store;
    this.#batchBytes = batchBytes;
    this.#to = to;
    this.#batch = store.batch();
    this.#batch.delete(BEST_BLOCK);
    this.#batch.put(HEAD_BLOCKS, new Writer(65).compactSize(2).raw(to).raw(from).finish());
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#batch.put(key, value);
  }

  delete(key: Uint8Array): void {
    this.#batch.delete(key);
  }

  /** True when it is time for `writePart`. */
  get isFull(): boolean {
    return this.#batch.size > this.#batchBytes;
  }

  async writePart(): Promise<void> {
    await this.#store.write(this.#batch, false);
    this.#batch = this.#store.batch();
  }

  /** Writes the rest and the mark that the coins stand at their new block. */
  async finish(sync: boolean): Promise<void> {
    this.#batch.delete(HEAD_BLOCKS);
    this.#batch.put(BEST_BLOCK, this.#to);
    await this.#store.write(this.#batch, sync);
  }
}

function hashOf(reader: Reader): Uint8Array {
  const hash = reader.take(32);
  reader.end();
  return hash;
}
