import type { Block } from "@compeer/protocol/bitcoin/block";
import { blockTxid } from "@compeer/protocol/bitcoin/block";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { INPUT_WORDS } from "@compeer/protocol/bitcoin/transaction-table";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { Reader, readU32 } from "@compeer/protocol/bytes/reader";
import { decodeCoin, readCoinInto } from "../storage/coin-codec.ts";
import { coinKey } from "../storage/coin-key.ts";
import type { CoinEntry, CoinStore, HeadBlocks } from "../storage/coin-store.ts";
import { SpentOutpoints, TxidIndex } from "./block-outpoints.ts";
import { CachedCoins, isUnspendable } from "./cached-coins.ts";
import { SPENT } from "./coin-table.ts";
import { markClean, writeChanges } from "./flush-coins.ts";
import { OutpointHash } from "./outpoint-hash.ts";
import { hasOverwrittenCoinbase } from "./overwritten-coinbase.ts";

/** A cache is large from 90 % of its budget on, or from this much below it. Core: LargeCoinsCacheThreshold. */
const LARGE_SHARE = 0.9;
const LARGE_ROOM = 10 << 20;
/** Keys asked of the store at a time: making one takes about a microsecond of the main thread. */
const PAGE = 5000;

export interface CoinCacheOptions {
  /** Memory that coins may take. */
  readonly cacheBytes: number;
}

/**
 * The unspent coins: a store on disk and above it, in memory, what was read and what changed. Values
 * lie in memory as the store has them, save that public keys are not packed. Only the chain changes
 * it. Core: CCoinsViewCache in src/coins.cpp.
 */
export class CoinCache {
  readonly #store: CoinStore;
  readonly #cacheBytes: number;
  readonly #hash = new OutpointHash();
  readonly #coins: CachedCoins = new CachedCoins(this.#hash);
  /** True while the store has no coin that the table has not: then nothing needs to be looked up. */
  #complete: boolean;
  #bestBlock: Uint8Array | null;
  #headBlocks: HeadBlocks | null;
  #changed = false;
  #flushing = false;

  private constructor(
    store: CoinStore,
    cacheBytes: number,
    complete: boolean,
    bestBlock: Uint8Array | null,
    headBlocks: HeadBlocks | null,
  ) {
    this.#store = store;
    this.#cacheBytes = cacheBytes;
    this.#complete = complete;
    this.#bestBlock = bestBlock;
    this.#headBlocks = headBlocks;
  }

  static async open(store: CoinStore, options: CoinCacheOptions): Promise<CoinCache> {
    const bestBlock = await store.bestBlock();
    const headBlocks = bestBlock === null ? await store.headBlocks() : null;
    const isEmpty = await store.isEmpty();
    return new CoinCache(store, options.cacheBytes, isEmpty, bestBlock, headBlocks);
  }

  /** The block that the coins stand at, changes in memory included; null before the first. */
  get bestBlock(): Uint8Array | null {
    return this.#bestBlock;
  }

  /**
   * Set when the last flush was cut off: some of the changes between the two blocks are stored and
   * some are not, and `bestBlock` is null. Revert and `replay` these blocks, then flush.
   */
  get headBlocks(): HeadBlocks | null {
    return this.#headBlocks;
  }

  /** Records in memory, marks of spent coins included. */
  get count(): number {
    return this.#coins.table.count;
  }

  get bytes(): number {
    return this.#coins.table.bytes;
  }

  /** "large": flush when there is time for it; "critical": flush before the next block. */
  get cacheState(): "ok" | "large" | "critical" {
    const { bytes } = this;
    if (bytes > this.#cacheBytes) return "critical";
    const large = Math.max(this.#cacheBytes * LARGE_SHARE, this.#cacheBytes - LARGE_ROOM);
    return bytes > large ? "large" : "ok";
  }

  /**
   * The coins that a block spends, outputs of its own earlier transactions included. A coin that is
   * not there, or that an earlier input of the block spends as well, is missing. The view stays as it
   * is. The answer comes at once when every coin is in memory.
   */
  load(block: Block, height: number): SpentCoins | Promise<SpentCoins> {
    const coins = new SpentCoins(block.table.inputCount);
    const absent = this.#loadCached(block, height, coins);
    if (absent.length === 0 || this.#complete) return coins;
    return this.#loadStored(block, coins, absent);
  }

  /** Fills the rows that memory can fill; returns the others. */
  #loadCached(block: Block, height: number, coins: SpentCoins): number[] {
    const { bytes, inputs } = block.table;
    const { table } = this.#coins;
    const txids = new TxidIndex(block, this.#hash);
    const spent = new SpentOutpoints(block.table);
    const absent: number[] = [];
    for (let i = 1; i < block.transactions.length; i++) {
      const { firstInput, inputCount } = block.transactions[i] as TransactionView;
      for (let row = firstInput; row < firstInput + inputCount; row++) {
        const at = inputs[row * INPUT_WORDS] as number;
        const index = readU32(bytes, at + 32);
        const hash = table.seek(bytes, at, index);
        if (!spent.add(row, hash)) continue;
        const place = table.find();
        if (place !== 0 && (table.flagsAt(place) & SPENT) === 0) {
          readCoinInto(new Reader(table.chunkAt(place), table.valueAt(place)), coins, row);
          continue;
        }
        const maker = txids.find(bytes, at);
        if (maker >= 0 && maker < i) setOwnOutput(block, maker, index, height, coins, row);
        else if (place === 0) absent.push(row);
      }
    }
    return absent;
  }

  async #loadStored(block: Block, coins: SpentCoins, absent: number[]): Promise<SpentCoins> {
    const { bytes, inputs } = block.table;
    for (let from = 0; from < absent.length; from += PAGE) {
      const rows = absent.slice(from, from + PAGE);
      const keys = rows.map((row) => {
        const at = inputs[row * INPUT_WORDS] as number;
        return coinKey(bytes.subarray(at, at + 32), readU32(bytes, at + 32));
      });
      const values = await this.#store.getMany(keys);
      for (let i = 0; i < rows.length; i++) {
        const value = values[i];
        if (value !== undefined) this.#keep(block, coins, rows[i] as number, value);
      }
    }
    return coins;
  }

  /** Takes a coin that the store had into a row and into memory. */
  #keep(block: Block, coins: SpentCoins, row: number, value: Uint8Array): void {
    try {
      readCoinInto(new Reader(value), coins, row);
    } catch (error) {
      throw this.#store.noticed(error);
    }
    const { bytes, inputs } = block.table;
    this.#coins.keep(bytes, inputs[row * INPUT_WORDS] as number, coins, row);
  }

  /**
   * BIP30: number of the first transaction that has an output of the same txid and number as an
   * unspent coin, -1 when there is none.
   */
  duplicateIn(block: Block): number | Promise<number> {
    const absent: { key: Uint8Array; tx: number }[] = [];
    let found = -1;
    for (let i = 0; i < block.transactions.length && found < 0; i++) {
      const tx = block.transactions[i] as TransactionView;
      for (let output = 0; output < tx.outputCount && found < 0; output++) {
        if (isUnspendable(tx, output)) continue;
        this.#coins.table.seek(block.txids, 32 * i, output);
        const place = this.#coins.table.find();
        if (place !== 0) {
          if ((this.#coins.table.flagsAt(place) & SPENT) === 0) found = i;
        } else if (!this.#complete) {
          absent.push({ key: coinKey(blockTxid(block, i), output), tx: i });
        }
      }
    }
    return absent.length === 0 ? found : this.#firstStored(absent, found);
  }

  async #firstStored(wanted: { key: Uint8Array; tx: number }[], other: number): Promise<number> {
    for (let from = 0; from < wanted.length; from += PAGE) {
      const page = wanted.slice(from, from + PAGE);
      const values = await this.#store.getMany(page.map(({ key }) => key));
      const hit = page.find((_, i) => values[i] !== undefined);
      if (hit !== undefined) return hit.tx;
    }
    return other;
  }

  /**
   * Spends what the block spends, adds its outputs and moves on to it. The genesis block adds none:
   * its output cannot be spent. Core: UpdateCoins.
   *
   * @param coins as `load` gave them, none missing
   */
  apply(block: Block, height: number, coins: SpentCoins): void {
    this.#change(block.hash);
    for (let i = 0; i < block.transactions.length && height > 0; i++) {
      const tx = block.transactions[i] as TransactionView;
      for (let input = 0; input < tx.inputCount && i > 0; input++) {
        if (coins.isMissing(tx.firstInput + input)) throw new Error("a spent coin is missing");
        this.#coins.spend(tx, input);
      }
      // Core lets a coinbase overwrite: before BIP34 two blocks could have the same (BIP30).
      for (let output = 0; output < tx.outputCount; output++)
        this.#coins.add(block, tx, output, height, i === 0);
    }
  }

  /**
   * Like `apply`, over coins that may have the outcome already, in part: after a flush that was cut
   * off. Core: Chainstate::RollforwardBlock.
   */
  replay(block: Block, height: number): void {
    this.#change(block.hash);
    for (let i = 0; i < block.transactions.length && height > 0; i++) {
      const tx = block.transactions[i] as TransactionView;
      for (let input = 0; input < tx.inputCount && i > 0; input++) this.#coins.spend(tx, input);
      for (let output = 0; output < tx.outputCount; output++)
        this.#coins.add(block, tx, output, height, true);
    }
  }

  /**
   * Takes a block back: removes its outputs, restores the coins it spent, moves on to its parent.
   * Core: Chainstate::DisconnectBlock.
   *
   * @returns "unclean" when an output was not there as the block made it, or a restored coin was: the
   *   store is damaged, or a cut-off flush is being repaired
   */
  revert(block: Block, height: number, undo: SpentCoins): "ok" | "unclean" {
    this.#change(block.header.prevHash);
    const stored = (key: Uint8Array) => (this.#complete ? undefined : this.#store.getSync(key));
    let clean = true;
    for (let i = block.transactions.length - 1; i >= 0; i--) {
      const tx = block.transactions[i] as TransactionView;
      const excused = i === 0 && hasOverwrittenCoinbase(block.hash, height);
      for (let output = 0; output < tx.outputCount; output++)
        if (!this.#coins.unmake(block, tx, output, height, stored) && !excused) clean = false;
      for (let input = tx.inputCount - 1; input >= 0 && i > 0; input--)
        if (!this.#coins.restore(tx, input, undo)) clean = false;
    }
    return clean ? "ok" : "unclean";
  }

  /** One coin, or null when it is spent or never was. It is not taken into memory. */
  get(txid: Uint8Array, index: number): Coin | null | Promise<Coin | null> {
    this.#coins.table.seek(txid, 0, index);
    const place = this.#coins.table.find();
    if (place === 0) return this.#complete ? null : this.#store.get(txid, index);
    return this.#coinAt(place);
  }

  /**
   * As `get`, but the thread waits for the disk: for a coin or a few, a promise and a thread of the pool
   * cost several times the look-up.
   */
  getNow(txid: Uint8Array, index: number): Coin | null {
    this.#coins.table.seek(txid, 0, index);
    const place = this.#coins.table.find();
    if (place === 0) return this.#complete ? null : this.#store.getNow(txid, index);
    return this.#coinAt(place);
  }

  /**
   * Takes what an unconfirmed transaction spends into memory, for the block that will spend it soon.
   *
   * @param height coins from higher up are those of other unconfirmed transactions, and left out
   */
  keepSpent(tx: TransactionView, coins: SpentCoins, height: number): void {
    if (this.#complete || this.#flushing) return;
    for (let i = 0; i < tx.inputCount; i++) {
      const row = tx.firstInput + i;
      if (coins.height(row) <= height) this.#coins.keep(tx.bytes, tx.outpointAt(i), coins, row);
    }
  }

  #coinAt(place: number): Coin | null {
    const { table } = this.#coins;
    return table.flagsAt(place) & SPENT ? null : decodeCoin(table.valueOf(place));
  }

  /**
   * Writes all changes. Memory is given back when the cache is large, and kept otherwise. Nobody may
   * change the view meanwhile; reading goes on.
   *
   * @param sync true to wait until the disk has it
   * @throws what the store throws; nothing is lost then and the flush may be tried again
   */
  async flush(sync: boolean): Promise<void> {
    if (this.#bestBlock === null || !this.#changed) return;
    if (this.#flushing) throw new Error("a flush is under way");
    this.#flushing = true;
    try {
      const write = await this.#store.startWrite(this.#bestBlock);
      await writeChanges(this.#coins.table, write);
      await write.finish(sync);
      this.#headBlocks = null;
      this.#changed = false;
      if (this.cacheState === "ok") await markClean(this.#coins.table);
      else this.#drop();
    } finally {
      this.#flushing = false;
    }
  }

  /** All coins, in key order. Changes that were not flushed do not show. */
  entries(): AsyncIterable<CoinEntry> {
    return this.#store.entries();
  }

  /** Rough bytes on disk. */
  approximateSize(): Promise<number> {
    return this.#store.approximateSize();
  }

  /** Closes the store; flush before. */
  close(): Promise<void> {
    return this.#store.close();
  }

  #drop(): void {
    this.#coins.table.clear();
    this.#complete = false;
  }

  #change(bestBlock: Uint8Array): void {
    if (this.#flushing) throw new Error("the coins are being flushed");
    this.#changed = true;
    this.#bestBlock = new Uint8Array(bestBlock);
  }
}

/** Fills a row with an output of the same block, if there is such an output and it can be spent. */
function setOwnOutput(
  block: Block,
  maker: number,
  index: number,
  height: number,
  coins: SpentCoins,
  row: number,
): void {
  const tx = block.transactions[maker] as TransactionView;
  if (index >= tx.outputCount || isUnspendable(tx, index)) return;
  const at = tx.outputScriptAt(index);
  const length = tx.outputScriptLength(index);
  coins.set(row, tx.outputValue(index), height, maker === 0, tx.bytes, at, length);
}
