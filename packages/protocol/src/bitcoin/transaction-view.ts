import { DecodeError } from "../bytes/decode-error.ts";
import { Reader, readI64, readU32 } from "../bytes/reader.ts";
import {
  INPUT_WORDS,
  OUTPUT_WORDS,
  parseTransactions,
  TRANSACTION_WORDS,
  type TransactionTable,
} from "./transaction-table.ts";

/**
 * One transaction of a table, read in place. Input and output numbers count from 0 within the
 * transaction. It holds no state beside the table and is cheap to make.
 */
export class TransactionView {
  readonly table: TransactionTable;
  /** Position of the transaction in its table: 0 is the coinbase of a block. */
  readonly index: number;
  readonly bytes: Uint8Array;
  /** Offsets of the whole transaction, witness included, in `bytes`. */
  readonly start: number;
  readonly end: number;
  /** Number of its first input and output in the table. */
  readonly firstInput: number;
  readonly firstOutput: number;
  readonly inputCount: number;
  readonly outputCount: number;
  /** Offset of the witness, 0 when the transaction carries none. */
  readonly witnessStart: number;
  readonly lockTimeAt: number;

  constructor(table: TransactionTable, index: number) {
    const words = table.transactions;
    const row = index * TRANSACTION_WORDS;
    this.table = table;
    this.index = index;
    this.bytes = table.bytes;
    this.start = words[row] as number;
    this.end = words[row + 1] as number;
    this.firstInput = words[row + 2] as number;
    this.firstOutput = words[row + 3] as number;
    this.witnessStart = words[row + 4] as number;
    this.lockTimeAt = words[row + 5] as number;
    this.inputCount = (words[row + TRANSACTION_WORDS + 2] as number) - this.firstInput;
    this.outputCount = (words[row + TRANSACTION_WORDS + 3] as number) - this.firstOutput;
  }

  /** Unsigned, as BIP68 wants it compared (CVE-2024-34478). */
  get version(): number {
    return readU32(this.bytes, this.start);
  }

  get lockTime(): number {
    return readU32(this.bytes, this.lockTimeAt);
  }

  get hasWitness(): boolean {
    return this.witnessStart !== 0;
  }

  /** Bytes with the witness. */
  get totalSize(): number {
    return this.end - this.start;
  }

  /** Bytes without marker, flag and witness. */
  get strippedSize(): number {
    return this.hasWitness ? this.witnessStart - this.start - 2 + 4 : this.totalSize;
  }

  /** BIP141: three times the stripped size plus the total size. */
  get weight(): number {
    return this.strippedSize * 3 + this.totalSize;
  }

  /** A view of the raw bytes, witness included. */
  get raw(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** Offset of the 36 bytes of outpoint: txid, then output number. */
  outpointAt(input: number): number {
    return this.table.inputs[(this.firstInput + input) * INPUT_WORDS] as number;
  }

  prevTxid(input: number): Uint8Array {
    const at = this.outpointAt(input);
    return this.bytes.subarray(at, at + 32);
  }

  prevIndex(input: number): number {
    return readU32(this.bytes, this.outpointAt(input) + 32);
  }

  inputScriptAt(input: number): number {
    return this.table.inputs[(this.firstInput + input) * INPUT_WORDS + 1] as number;
  }

  inputScriptLength(input: number): number {
    return this.table.inputs[(this.firstInput + input) * INPUT_WORDS + 2] as number;
  }

  inputScript(input: number): Uint8Array {
    const at = this.inputScriptAt(input);
    return this.bytes.subarray(at, at + this.inputScriptLength(input));
  }

  sequence(input: number): number {
    return readU32(this.bytes, this.inputScriptAt(input) + this.inputScriptLength(input));
  }

  /** The witness stack of an input, bottom first; empty when it has none. */
  witness(input: number): Uint8Array[] {
    const at = this.table.inputs[(this.firstInput + input) * INPUT_WORDS + 3] as number;
    if (at === 0) return [];
    const reader = new Reader(this.bytes, at, this.end);
    const items: Uint8Array[] = [];
    for (let left = reader.compactSize(); left > 0; left--) items.push(reader.varBytes());
    return items;
  }

  /** True when the input's witness stack has at least one item. */
  hasInputWitness(input: number): boolean {
    const at = this.table.inputs[(this.firstInput + input) * INPUT_WORDS + 3] as number;
    return at !== 0 && this.bytes[at] !== 0;
  }

  outputValueAt(output: number): number {
    return this.table.outputs[(this.firstOutput + output) * OUTPUT_WORDS] as number;
  }

  /** Satoshis; may be out of range, then the nearest number. */
  outputValue(output: number): number {
    return readI64(this.bytes, this.outputValueAt(output));
  }

  outputScriptAt(output: number): number {
    return this.table.outputs[(this.firstOutput + output) * OUTPUT_WORDS + 1] as number;
  }

  outputScriptLength(output: number): number {
    return this.table.outputs[(this.firstOutput + output) * OUTPUT_WORDS + 2] as number;
  }

  outputScript(output: number): Uint8Array {
    const at = this.outputScriptAt(output);
    return this.bytes.subarray(at, at + this.outputScriptLength(output));
  }

  /** Offset where the inputs' count begins and offset behind the last output: the middle of the stripped form. */
  get inputsAt(): number {
    return this.start + (this.hasWitness ? 6 : 4);
  }

  get outputsEnd(): number {
    return this.hasWitness ? this.witnessStart : this.lockTimeAt;
  }

  /** One input with an empty outpoint. Core: CTransaction::IsCoinBase. */
  get isCoinbase(): boolean {
    return this.inputCount === 1 && isNullOutpoint(this.bytes, this.outpointAt(0));
  }
}

/** Txid of zeros and output number 0xffffffff. Core: COutPoint::IsNull. */
export function isNullOutpoint(bytes: Uint8Array, at: number): boolean {
  if (readU32(bytes, at + 32) !== 0xffffffff) return false;
  for (let i = at; i < at + 32; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** @throws DecodeError unless `bytes` are exactly one transaction */
export function parseTransaction(bytes: Uint8Array, allowWitness = true): TransactionView {
  const { table, end } = parseTransactions(bytes, 0, 1, allowWitness);
  if (end !== bytes.length) throw new DecodeError(`${bytes.length - end} bytes left over`);
  return new TransactionView(table, 0);
}
