import { messageRoom, sha256dInto } from "../crypto/sha256.ts";
import type { TransactionView } from "./transaction-view.ts";

/** Writes the txid (wire order) to `out` at `outAt`; the witness is left out of the hash (BIP141). */
export function txidInto(tx: TransactionView, out: Uint8Array, outAt: number): void {
  if (!tx.hasWitness) {
    sha256dInto(tx.bytes, tx.start, tx.end, out, outAt);
    return;
  }
  const size = tx.strippedSize;
  const stripped = size <= messageRoom.length ? messageRoom : new Uint8Array(size);
  writeStripped(tx, stripped);
  sha256dInto(stripped, 0, size, out, outAt);
}

/** Writes the wtxid (wire order): the hash of all bytes (BIP141). */
export function wtxidInto(tx: TransactionView, out: Uint8Array, outAt: number): void {
  sha256dInto(tx.bytes, tx.start, tx.end, out, outAt);
}

export function transactionId(tx: TransactionView): Uint8Array {
  const id = new Uint8Array(32);
  txidInto(tx, id, 0);
  return id;
}

export function witnessTransactionId(tx: TransactionView): Uint8Array {
  const id = new Uint8Array(32);
  wtxidInto(tx, id, 0);
  return id;
}

/** The transaction without marker, flag and witness, as the txid hashes it. */
export function strippedBytes(tx: TransactionView): Uint8Array {
  if (!tx.hasWitness) return tx.raw;
  const bytes = new Uint8Array(tx.strippedSize);
  writeStripped(tx, bytes);
  return bytes;
}

function writeStripped(tx: TransactionView, out: Uint8Array): void {
  const { bytes, start, inputsAt, outputsEnd, lockTimeAt } = tx;
  for (let i = 0; i < 4; i++) out[i] = bytes[start + i] as number;
  out.set(bytes.subarray(inputsAt, outputsEnd), 4);
  const at = 4 + outputsEnd - inputsAt;
  for (let i = 0; i < 4; i++) out[at + i] = bytes[lockTimeAt + i] as number;
}
