import type { Block } from "@compeer/protocol/bitcoin/block";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Reader } from "@compeer/protocol/bytes/reader";
import { compactSizeLength, Writer } from "@compeer/protocol/bytes/writer";
import { MAX_COIN_OVERHEAD } from "./coin-codec.ts";
import { putAmount, putScript, readAmount, readScript } from "./compressor.ts";
import { putVarInt, readVarInt } from "./var-int.ts";

/**
 * The coins that a block spent, as its undo record has them: for each transaction but the coinbase
 * the number of its inputs and their coins. Core: CBlockUndo in src/undo.h.
 */
export function encodeUndo(block: Block, coins: SpentCoins): Uint8Array {
  const { transactions } = block;
  let scripts = 0;
  for (let row = 0; row < coins.count; row++) scripts += coins.scriptLength[row] as number;
  const room = scripts + coins.count * (MAX_COIN_OVERHEAD + 1) + transactions.length * 5 + 5;
  const out = new Uint8Array(room);
  let at = putCompactSize(out, 0, transactions.length - 1);
  for (let i = 1; i < transactions.length; i++) {
    const { firstInput, inputCount } = transactions[i] as TransactionView;
    at = putCompactSize(out, at, inputCount);
    for (let row = firstInput; row < firstInput + inputCount; row++)
      at = putSpent(out, at, coins, row);
  }
  return out.slice(0, at);
}

function putSpent(out: Uint8Array, start: number, coins: SpentCoins, row: number): number {
  if (coins.isMissing(row)) throw new Error(`the coin of input ${row} is missing`);
  const origin = coins.origins[row] as number;
  let at = putVarInt(out, start, origin);
  if (origin > 1) out[at++] = 0; // once the version of the transaction; readers still expect it
  at = putAmount(out, at, coins.values[row] as number);
  const scriptAt = coins.scriptAt[row] as number;
  return putScript(out, at, coins.scripts, scriptAt, coins.scriptLength[row] as number, true);
}

function putCompactSize(out: Uint8Array, at: number, value: number): number {
  out.set(new Writer(5).compactSize(value).finish(), at);
  return at + compactSizeLength(value);
}

/** @throws DecodeError unless `bytes` are exactly the undo record of a block of this shape */
export function decodeUndo(bytes: Uint8Array, block: Block): SpentCoins {
  const { transactions, table } = block;
  const coins = new SpentCoins(table.inputCount);
  const reader = new Reader(bytes);
  if (reader.compactSize() !== transactions.length - 1) throw mismatch();
  for (let i = 1; i < transactions.length; i++) {
    const { firstInput, inputCount } = transactions[i] as TransactionView;
    if (reader.compactSize() !== inputCount) throw mismatch();
    for (let row = firstInput; row < firstInput + inputCount; row++) readSpent(reader, coins, row);
  }
  reader.end();
  return coins;
}

function readSpent(reader: Reader, coins: SpentCoins, row: number): void {
  const origin = readVarInt(reader);
  if (origin > 1) readVarInt(reader);
  const value = readAmount(reader);
  const { bytes, start, length } = readScript(reader);
  coins.set(row, value, origin >>> 1, (origin & 1) === 1, bytes, start, length);
}

function mismatch(): DecodeError {
  return new DecodeError("undo data does not fit its block");
}
