import type { Coin } from "@compeer/protocol/bitcoin/coin";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { Reader } from "@compeer/protocol/bytes/reader";
import {
  isFullKeyForm,
  MAX_OVERHEAD,
  putAmount,
  putScript,
  readAmount,
  readScript,
} from "./compressor.ts";
import { putVarInt, readVarInt } from "./var-int.ts";

/** Length of a script that pays to an uncompressed public key. */
const FULL_KEY_SCRIPT = 67;

/** Most bytes that `putCoin` takes beyond the script. */
export const MAX_COIN_OVERHEAD: number = 5 + MAX_OVERHEAD;

/**
 * Writes a coin whose script is bytes[scriptAt, scriptAt + scriptLength) to `out` at `at`; returns
 * the offset behind it. Core: Coin::Serialize in src/coins.h.
 *
 * @param packKeys see `putScript`
 */
export function putCoin(
  out: Uint8Array,
  at: number,
  value: number,
  height: number,
  coinbase: boolean,
  bytes: Uint8Array,
  scriptAt: number,
  scriptLength: number,
  packKeys: boolean,
): number {
  const amount = putVarInt(out, at, height * 2 + (coinbase ? 1 : 0));
  const script = putAmount(out, amount, value);
  return putScript(out, script, bytes, scriptAt, scriptLength, packKeys);
}

export function encodeCoin(coin: Coin): Uint8Array {
  const { value, height, coinbase, script } = coin;
  const bytes = new Uint8Array(script.length + MAX_COIN_OVERHEAD);
  const end = putCoin(bytes, 0, value, height, coinbase, script, 0, script.length, true);
  return bytes.slice(0, end);
}

/** @throws DecodeError unless `bytes` are exactly one coin */
export function decodeCoin(bytes: Uint8Array): Coin {
  const reader = new Reader(bytes);
  const code = readVarInt(reader);
  const value = readAmount(reader);
  const script = readScript(reader);
  reader.end();
  return {
    value,
    script: script.bytes.slice(script.start, script.start + script.length),
    height: Math.floor(code / 2),
    coinbase: code % 2 === 1,
  };
}

/** Reads a coin into a row of `coins`. @throws DecodeError when the bytes end */
export function readCoinInto(reader: Reader, coins: SpentCoins, row: number): void {
  const code = readVarInt(reader);
  const value = readAmount(reader);
  const { bytes, start, length } = readScript(reader);
  coins.set(row, value, code >>> 1, (code & 1) === 1, bytes, start, length);
}

/**
 * The coin as Core stores it, when it was encoded without packing its key; others are returned as
 * they are. Core packs whatever it can, so equal sets of coins are equal on disk.
 */
export function withPackedKey(bytes: Uint8Array): Uint8Array {
  const isLong = bytes.length > FULL_KEY_SCRIPT + 2;
  if (!isLong || !isFullKeyForm(bytes, bytes.length - FULL_KEY_SCRIPT)) return bytes;
  return encodeCoin(decodeCoin(bytes));
}
