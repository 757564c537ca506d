import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { readU32 } from "@compeer/protocol/bytes/reader";
import { MAX_COIN_OVERHEAD, putCoin, withPackedKey } from "../storage/coin-codec.ts";
import { coinKey } from "../storage/coin-key.ts";
import { CoinTable, DIRTY, FRESH, SPENT } from "./coin-table.ts";
import type { OutpointHash } from "./outpoint-hash.ts";

const OP_RETURN = 0x6a;
/** Longest script that can be spent. Core: MAX_SCRIPT_SIZE. */
const MAX_SCRIPT = 10_000;

/**
 * The part of the coins that is in memory, and how blocks change it. Values are as the store has
 * them, save that public keys are not packed. Core: CCoinsViewCache in src/coins.cpp.
 */
export class CachedCoins {
  readonly table: CoinTable;
  /** Where a coin is written before its length is known. */
  readonly #scratch: Uint8Array = new Uint8Array(MAX_SCRIPT + MAX_COIN_OVERHEAD);

  constructor(hash: OutpointHash) {
    this.table = new CoinTable(hash);
  }

  /** Keeps the coin in a row, as the store has it, for the outpoint at bytes[at, at + 36). */
  keep(bytes: Uint8Array, at: number, coins: SpentCoins, row: number): void {
    this.table.seek(bytes, at, readU32(bytes, at + 32));
    if (this.table.find() === 0) this.#insert(this.#encodeRow(coins, row), 0);
  }

  /** Spends what an input spends; the coin need not be in memory. Core: CCoinsViewCache::SpendCoin. */
  spend(tx: TransactionView, input: number): void {
    const at = tx.outpointAt(input);
    this.table.seek(tx.bytes, at, readU32(tx.bytes, at + 32));
    const place = this.table.find();
    if (place === 0) this.table.insert(0, DIRTY | SPENT);
    else this.#markSpent(place);
  }

  #markSpent(place: number): void {
    if (this.table.flagsAt(place) & FRESH) this.table.remove();
    else this.table.setFlags(place, DIRTY | SPENT);
  }

  /**
   * Adds an output, if it can be spent. Core: CCoinsViewCache::AddCoin.
   *
   * @param overwrite true when memory or store may have an unspent coin of the same outpoint
   */
  add(block: Block, tx: TransactionView, output: number, height: number, overwrite: boolean): void {
    if (isUnspendable(tx, output)) return;
    const length = this.#encodeOutput(tx, output, height);
    this.table.seek(block.txids, 32 * tx.index, output);
    const place = this.table.find();
    if (place === 0) {
      this.#insert(length, overwrite ? DIRTY : DIRTY | FRESH);
      return;
    }
    const flags = this.table.flagsAt(place);
    if ((flags & SPENT) === 0 && !overwrite)
      throw new Error("an unspent coin would be overwritten");
    // Not fresh: a spent mark says that the store may still have the coin.
    this.#write(this.table.resize(place, length, DIRTY | (flags & FRESH)), length);
  }

  /**
   * Removes an output of the block that is reverted; false when it was not there as it was made.
   *
   * @param stored finds a coin that is not in memory
   */
  unmake(
    block: Block,
    tx: TransactionView,
    output: number,
    height: number,
    stored: (key: Uint8Array) => Uint8Array | undefined,
  ): boolean {
    if (isUnspendable(tx, output)) return true;
    const length = this.#encodeOutput(tx, output, height);
    this.table.seek(block.txids, 32 * tx.index, output);
    const place = this.table.find();
    if (place === 0)
      return this.#unmakeStored(stored(coinKey(blockTxid(block, tx.index), output)), length);
    if (this.table.flagsAt(place) & SPENT) return false;
    const same = equalBytes(this.table.valueOf(place), this.#scratch.subarray(0, length));
    this.#markSpent(place);
    return same;
  }

  #unmakeStored(value: Uint8Array | undefined, length: number): boolean {
    if (value === undefined) return false;
    this.table.insert(0, DIRTY | SPENT);
    return equalBytes(value, withPackedKey(this.#scratch.subarray(0, length)));
  }

  /** Puts back a coin that the reverted block spent; false when it was there. Core: ApplyTxInUndo. */
  restore(tx: TransactionView, input: number, undo: SpentCoins): boolean {
    const row = tx.firstInput + input;
    if (undo.isMissing(row)) throw new Error("undo data is missing");
    const length = this.#encodeRow(undo, row);
    const at = tx.outpointAt(input);
    this.table.seek(tx.bytes, at, readU32(tx.bytes, at + 32));
    const place = this.table.find();
    if (place === 0) {
      this.#insert(length, DIRTY);
      return true;
    }
    const flags = this.table.flagsAt(place);
    this.#write(this.table.resize(place, length, DIRTY | (flags & FRESH)), length);
    return (flags & SPENT) !== 0;
  }

  #encodeOutput(tx: TransactionView, output: number, height: number): number {
    return putCoin(
      this.#scratch,
      0,
      tx.outputValue(output),
      height,
      tx.index === 0,
      tx.bytes,
      tx.outputScriptAt(output),
      tx.outputScriptLength(output),
      false,
    );
  }

  #encodeRow(coins: SpentCoins, row: number): number {
    return putCoin(
      this.#scratch,
      0,
      coins.value(row),
      coins.height(row),
      coins.isCoinbase(row),
      coins.scripts,
      coins.scriptAt[row] as number,
      coins.scriptLength[row] as number,
      false,
    );
  }

  /** Adds the coin in the scratch bytes under the sought outpoint. */
  #insert(length: number, flags: number): void {
    this.#write(this.table.insert(length, flags), length);
  }

  #write(place: number, length: number): void {
    const chunk = this.table.chunkAt(place);
    const at = this.table.valueAt(place);
    const scratch = this.#scratch;
    if (length > 100) chunk.set(scratch.subarray(0, length), at);
    else for (let i = 0; i < length; i++) chunk[at + i] = scratch[i] as number;
  }
}

/** Core: CScript::IsUnspendable. */
export function isUnspendable(tx: TransactionView, output: number): boolean {
  const length = tx.outputScriptLength(output);
  return length > MAX_SCRIPT || (length > 0 && tx.bytes[tx.outputScriptAt(output)] === OP_RETURN);
}
