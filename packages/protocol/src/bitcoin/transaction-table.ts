import { DecodeError } from "../bytes/decode-error.ts";
import { MAX_SIZE, readU32 } from "../bytes/reader.ts";

/** Words that one transaction takes in `TransactionTable.transactions`. */
export const TRANSACTION_WORDS = 6;
/** Words that one input takes in `TransactionTable.inputs`. */
export const INPUT_WORDS = 4;
/** Words that one output takes in `TransactionTable.outputs`. */
export const OUTPUT_WORDS = 3;

/** Least bytes of an input, of an output and of a transaction: they bound a count before room is made. */
const MIN_INPUT = 41;
const MIN_OUTPUT = 9;
const MIN_TRANSACTION = 10;
/** Bytes of a transaction up to which room is made ahead. */
const TYPICAL_MAX = 1024;

/**
 * Where everything is in the bytes of some transactions in a row.
 *
 * The block that is being checked stays bytes: rules, hashes and coin look-ups read through these
 * offsets, and no object is made per input or output. One pass over the bytes fills it. The arrays
 * may lie in shared memory, so script workers read the same table.
 *
 * transactions: start, end, first input, first output, offset of the witness (0: none), offset of the lock time
 * inputs: offset of the outpoint, offset of the script, its length, offset of its witness stack (0: none)
 * outputs: offset of the value, offset of the script, its length
 *
 * The transactions end in one more row that holds the end of the bytes and the counts of inputs and
 * outputs, so that row `i + 1` always exists. Arrays may be longer than their rows.
 */
export interface TransactionTable {
  readonly bytes: Uint8Array;
  /** Number of transactions. */
  readonly count: number;
  readonly inputCount: number;
  readonly outputCount: number;
  readonly transactions: Uint32Array;
  readonly inputs: Uint32Array;
  readonly outputs: Uint32Array;
}

/** A table and the offset behind the last transaction. */
export interface ParsedTable {
  readonly table: TransactionTable;
  readonly end: number;
}

/**
 * Notes the offsets of `count` transactions that begin at `start`, with witnesses where they are marked
 * (BIP144). Every count is bounded by the bytes that are left before room is made for it.
 *
 * @param allowWitness false reads the marker as an empty list of inputs, as a transaction still to be
 *   funded has it
 * @throws DecodeError when the bytes do not hold them
 */
export function parseTransactions(
  bytes: Uint8Array,
  start: number,
  count: number,
  allowWitness = true,
): ParsedTable {
  const parser = new TableParser(bytes, start, count, allowWitness);
  return parser.parse();
}

class TableParser {
  readonly #bytes: Uint8Array;
  readonly #count: number;
  readonly #allowWitness: boolean;
  #at: number;
  #transactions: Uint32Array;
  #inputs: Uint32Array;
  #outputs: Uint32Array;
  #inputCount = 0;
  #outputCount = 0;

  constructor(bytes: Uint8Array, start: number, count: number, allowWitness: boolean) {
    const left = bytes.length - start;
    if (count > left / MIN_TRANSACTION) throw new DecodeError("more transactions than bytes");
    this.#bytes = bytes;
    this.#at = start;
    this.#count = count;
    this.#allowWitness = allowWitness;
    this.#transactions = new Uint32Array((count + 1) * TRANSACTION_WORDS);
    // A typical input takes 100 bytes or more and an output 34; the arrays grow when a block is denser.
    // One of many transactions that are parsed one by one gets no room for all the bytes behind it.
    const expected = Math.min(left, count * TYPICAL_MAX);
    this.#inputs = new Uint32Array(((expected >>> 6) + 2) * INPUT_WORDS);
    this.#outputs = new Uint32Array(((expected >>> 5) + 2) * OUTPUT_WORDS);
  }

  parse(): ParsedTable {
    for (let i = 0; i < this.#count; i++) this.#transaction(i * TRANSACTION_WORDS);
    const last = this.#count * TRANSACTION_WORDS;
    this.#transactions[last] = this.#at;
    this.#transactions[last + 2] = this.#inputCount;
    this.#transactions[last + 3] = this.#outputCount;
    const table: TransactionTable = {
      bytes: this.#bytes,
      count: this.#count,
      inputCount: this.#inputCount,
      outputCount: this.#outputCount,
      transactions: this.#transactions,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
    return { table, end: this.#at };
  }

  #transaction(row: number): void {
    const bytes = this.#bytes;
    const start = this.#skip(4);
    // BIP144: no inputs and a flag of one announce witnesses; Core reads "00 00" as two empty lists.
    const marked =
      this.#allowWitness &&
      bytes[this.#at] === 0 &&
      bytes[this.#at + 1] !== 0 &&
      this.#at + 1 < bytes.length;
    const flags = marked ? (bytes[this.#at + 1] as number) : 0;
    if (marked) this.#at += 2;
    const firstInput = this.#inputCount;
    this.#readInputs();
    const firstOutput = this.#outputCount;
    this.#readOutputs();
    const hasWitness = (flags & 1) === 1;
    const witness = hasWitness ? this.#at : 0;
    if (hasWitness) this.#readWitnesses(firstInput);
    if (flags > 1) throw new DecodeError("Unknown transaction optional data");
    const lockTime = this.#skip(4);
    const words = this.#transactions;
    words[row] = start;
    words[row + 1] = this.#at;
    words[row + 2] = firstInput;
    words[row + 3] = firstOutput;
    words[row + 4] = witness;
    words[row + 5] = lockTime;
  }

  #readInputs(): void {
    const count = this.#size(MIN_INPUT);
    this.#inputs = withRoom(this.#inputs, (this.#inputCount + count + 1) * INPUT_WORDS);
    const words = this.#inputs;
    for (let i = 0; i < count; i++) {
      const row = this.#inputCount++ * INPUT_WORDS;
      words[row] = this.#skip(36);
      const length = this.#size(1);
      words[row + 1] = this.#skip(length);
      words[row + 2] = length;
      words[row + 3] = 0;
      this.#skip(4);
    }
  }

  #readOutputs(): void {
    const count = this.#size(MIN_OUTPUT);
    this.#outputs = withRoom(this.#outputs, (this.#outputCount + count + 1) * OUTPUT_WORDS);
    const words = this.#outputs;
    for (let i = 0; i < count; i++) {
      const row = this.#outputCount++ * OUTPUT_WORDS;
      words[row] = this.#skip(8);
      const length = this.#size(1);
      words[row + 1] = this.#skip(length);
      words[row + 2] = length;
    }
  }

  #readWitnesses(firstInput: number): void {
    let empty = true;
    for (let input = firstInput; input < this.#inputCount; input++) {
      this.#inputs[input * INPUT_WORDS + 3] = this.#at;
      const items = this.#size(1);
      if (items > 0) empty = false;
      for (let i = 0; i < items; i++) this.#skip(this.#size(1));
    }
    if (empty) throw new DecodeError("Superfluous witness record");
  }

  #skip(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw new DecodeError("end of data");
    this.#at = start + length;
    return start;
  }

  /** CompactSize of a list whose members take at least `least` bytes each. */
  #size(least: number): number {
    const bytes = this.#bytes;
    const first = bytes[this.#skip(1)] as number;
    let value = first;
    if (first === 253) {
      const at = this.#skip(2);
      value = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
      if (value < 253) throw new DecodeError("non-canonical ReadCompactSize()");
    } else if (first === 254) {
      value = readU32(bytes, this.#skip(4));
      if (value < 0x10000) throw new DecodeError("non-canonical ReadCompactSize()");
    } else if (first === 255) {
      throw new DecodeError("size too large");
    }
    if (value > MAX_SIZE) throw new DecodeError("size too large");
    if (value * least > bytes.length - this.#at) throw new DecodeError("end of data");
    return value;
  }
}

function withRoom(words: Uint32Array, length: number): Uint32Array {
  if (length <= words.length) return words;
  const larger = new Uint32Array(Math.max(length, words.length * 2));
  larger.set(words);
  return larger;
}
