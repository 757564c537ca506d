import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { Writer } from "@compeer/protocol/bytes/writer";

/** Bytes of a coin beside its script in Core's figure that depends on no database. */
const BOGO_SIZE = 32 + 4 + 4 + 8 + 2;

/** Size of a coin that depends on no database. Core: GetBogoSize. */
export function bogoSize(script: Uint8Array): number {
  return BOGO_SIZE + script.length;
}

/** A coin as hashes over all coins take it. Core: TxOutSer. */
export function coinBytes(txid: Uint8Array, index: number, coin: Coin): Uint8Array {
  return new Writer(96)
    .raw(txid)
    .u32(index)
    .u32(coin.height * 2 + (coin.coinbase ? 1 : 0))
    .u64(coin.value)
    .varBytes(coin.script)
    .finish();
}
