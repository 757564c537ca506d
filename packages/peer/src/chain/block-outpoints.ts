import type { Block } from "@compeer/protocol/bitcoin/block";
import { INPUT_WORDS, type TransactionTable } from "@compeer/protocol/bitcoin/transaction-table";
import type { OutpointHash } from "./outpoint-hash.ts";

/** Finds the transactions of one block by txid. */
export class TxidIndex {
  readonly #hash: OutpointHash;
  readonly #txids: Uint8Array;
  /** Open addressing; a slot is a transaction's number plus one. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(block: Block, hash: OutpointHash) {
    const count = block.transactions.length;
    this.#hash = hash;
    this.#txids = block.txids;
    this.#slots = new Int32Array(slotsFor(count));
    this.#mask = this.#slots.length - 1;
    for (let tx = 0; tx < count; tx++) {
      let slot = hash.of(this.#txids, 32 * tx, 0) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = tx + 1;
    }
  }

  /** Number of the transaction whose txid is bytes[at, at + 32), -1 when there is none. */
  find(bytes: Uint8Array, at: number): number {
    let slot = this.#hash.of(bytes, at, 0) & this.#mask;
    for (; ; slot = (slot + 1) & this.#mask) {
      const tx = (this.#slots[slot] as number) - 1;
      if (tx < 0 || sameBytes(this.#txids, 32 * tx, bytes, at, 32)) return tx;
    }
  }
}

/** The outpoints that the inputs of one block have spent so far. */
export class SpentOutpoints {
  readonly #table: TransactionTable;
  /** Open addressing; a slot is an input's row plus one. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(table: TransactionTable) {
    this.#table = table;
    this.#slots = new Int32Array(slotsFor(table.inputCount));
    this.#mask = this.#slots.length - 1;
  }

  /** Notes an input, given the hash of its outpoint; false when an earlier one spends the same. */
  add(row: number, hash: number): boolean {
    const { bytes, inputs } = this.#table;
    const at = inputs[row * INPUT_WORDS] as number;
    let slot = hash & this.#mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & this.#mask) {
      const other = (this.#slots[slot] as number) - 1;
      if (sameBytes(bytes, inputs[other * INPUT_WORDS] as number, bytes, at, 36)) return false;
    }
    this.#slots[slot] = row + 1;
    return true;
  }
}

/** A power of two, at least twice as many as entries. */
function slotsFor(count: number): number {
  let slots = 16;
  while (slots < count * 2) slots *= 2;
  return slots;
}

function sameBytes(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}
