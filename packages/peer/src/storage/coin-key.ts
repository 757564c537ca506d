import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Reader } from "@compeer/protocol/bytes/reader";
import { putVarInt, readVarInt, varIntLength } from "./var-int.ts";

const COIN = 0x43; // "C"

/** Key of a coin in `chainstate`: "C", txid, output number. Core: CoinEntry in src/txdb.cpp. */
export function coinKey(txid: Uint8Array, index: number): Uint8Array {
  const key = new Uint8Array(33 + varIntLength(index));
  key[0] = COIN;
  key.set(txid, 1);
  putVarInt(key, 33, index);
  return key;
}

/** @throws DecodeError when it is no key of a coin */
export function decodeCoinKey(key: Uint8Array): { txid: Uint8Array; index: number } {
  const reader = new Reader(key);
  if (reader.u8() !== COIN) throw new DecodeError("not the key of a coin");
  const txid = reader.take(32);
  const index = readVarInt(reader);
  reader.end();
  return { txid, index };
}
