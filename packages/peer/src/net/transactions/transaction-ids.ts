import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { compareBytes, concatBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { sha256d } from "@compeer/protocol/crypto/sha256";

/** A transaction that came from a peer, with its ids. */
export interface Received {
  readonly tx: TransactionView;
  readonly txid: Uint8Array;
  readonly wtxid: Uint8Array;
  readonly txidKey: string;
  readonly wtxidKey: string;
}

export function received(tx: TransactionView): Received {
  const txid = transactionId(tx);
  const wtxid = tx.hasWitness ? witnessTransactionId(tx) : txid;
  return { tx, txid, wtxid, txidKey: hashKey(txid), wtxidKey: hashKey(wtxid) };
}

/** As log lines name it. */
export function nameOf({ txid, wtxid }: Pick<Received, "txid" | "wtxid">): string {
  return `${formatHash(txid)} (wtxid=${formatHash(wtxid)})`;
}

/** Names a parent and its child together, in whatever order they are given. */
export function packageId(a: Pick<Received, "wtxid">, b: Pick<Received, "wtxid">): Uint8Array {
  const [first, second] = compareBytes(a.wtxid, b.wtxid) < 0 ? [a, b] : [b, a];
  return sha256d(concatBytes(first.wtxid, second.wtxid));
}
