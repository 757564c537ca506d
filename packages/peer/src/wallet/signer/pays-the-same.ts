import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { encodeHex } from "@compeer/protocol/bytes/hex";

/**
 * Whether two transactions spend the same coins and pay the same amounts to the same scripts, in
 * whatever order: a signer that changes more than that signs something else than it was asked to.
 */
export function paysTheSame(a: TransactionBody, b: TransactionBody): boolean {
  return sameItems(coins(a), coins(b)) && sameItems(payments(a), payments(b));
}

function coins({ inputs }: TransactionBody): string[] {
  return inputs.map(({ prevout }) => outpointKey(prevout.txid, prevout.index));
}

function payments({ outputs }: TransactionBody): string[] {
  return outputs.map(({ value, script }) => `${value} ${encodeHex(script)}`);
}

function sameItems(a: string[], b: string[]): boolean {
  b.sort();
  return a.length === b.length && a.sort().every((item, i) => item === b[i]);
}
