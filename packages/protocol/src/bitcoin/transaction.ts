import { Writer } from "../bytes/writer.ts";
import type { Sats } from "./amount.ts";
import { transactionId, witnessTransactionId } from "./transaction-id.ts";
import { parseTransaction, type TransactionView } from "./transaction-view.ts";

export interface OutPoint {
  /** Wire order. */
  readonly txid: Uint8Array;
  readonly index: number;
}

export interface Input {
  readonly prevout: OutPoint;
  readonly script: Uint8Array;
  readonly sequence: number;
  /** Bottom first; empty when there is none. */
  readonly witness: readonly Uint8Array[];
}

export interface Output {
  readonly value: Sats;
  readonly script: Uint8Array;
}

/** What a transaction says, without its ids: the form that is built, changed into another and encoded. */
export interface TransactionBody {
  /** Unsigned 32 bits. */
  readonly version: number;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly lockTime: number;
}

/** A decoded transaction as objects, for doors, wallet and tests; the hot path reads a TransactionView. */
export interface Transaction extends TransactionBody {
  readonly raw: Uint8Array;
  /** Wire order. */
  readonly txid: Uint8Array;
  readonly wtxid: Uint8Array;
  readonly weight: number;
}

/** @throws DecodeError unless `bytes` are exactly one transaction */
export function decodeTransaction(bytes: Uint8Array): Transaction {
  return expandTransaction(parseTransaction(bytes));
}

/** The objects of a view; scripts and witness items stay views of its bytes. */
export function expandTransaction(view: TransactionView): Transaction {
  const inputs: Input[] = [];
  for (let i = 0; i < view.inputCount; i++)
    inputs.push({
      prevout: { txid: view.prevTxid(i), index: view.prevIndex(i) },
      script: view.inputScript(i),
      sequence: view.sequence(i),
      witness: view.witness(i),
    });
  const outputs: Output[] = [];
  for (let i = 0; i < view.outputCount; i++)
    outputs.push({ value: view.outputValue(i), script: view.outputScript(i) });
  return {
    version: view.version,
    inputs,
    outputs,
    lockTime: view.lockTime,
    raw: view.raw,
    txid: transactionId(view),
    wtxid: witnessTransactionId(view),
    weight: view.weight,
  };
}

/** Bytes with the witness where any input has one (BIP144). */
export function encodeTransaction(tx: TransactionBody): Uint8Array {
  const writer = new Writer(512);
  const witness = tx.inputs.some((input) => input.witness.length > 0);
  writer.u32(tx.version);
  if (witness) writer.u8(0).u8(1);
  writer.compactSize(tx.inputs.length);
  for (const { prevout, script, sequence } of tx.inputs)
    writer.raw(prevout.txid).u32(prevout.index).varBytes(script).u32(sequence);
  writer.compactSize(tx.outputs.length);
  for (const { value, script } of tx.outputs) writer.u64(value).varBytes(script);
  if (witness)
    for (const input of tx.inputs) {
      writer.compactSize(input.witness.length);
      for (const item of input.witness) writer.varBytes(item);
    }
  return writer.u32(tx.lockTime).finish();
}

/** Encodes `tx` and reads it back: the way to get its ids. */
export function finishTransaction(tx: TransactionBody): Transaction {
  return decodeTransaction(encodeTransaction(tx));
}
