import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import {
  INPUT_WORDS,
  OUTPUT_WORDS,
  TRANSACTION_WORDS,
  type TransactionTable,
} from "@compeer/protocol/bitcoin/transaction-table";
import { firstSpendingRow } from "./row-checker.ts";

/** Words of `control`, which all threads share and change by Atomics only. */
export const NEXT_ROW = 0;
export const ROWS_DONE = 1;
export const LOWEST_FAILURE = 2;
export const CANCELLED = 3;
const CONTROL_WORDS = 4;

const NO_FAILURE = 0x7fffffff;

/** What is needed to read a block out of its shared memory. */
export interface SharedBlock {
  readonly memory: SharedArrayBuffer;
  readonly transactions: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly scriptsLength: number;
  readonly blockLength: number;
}

export interface SharedView {
  readonly control: Int32Array;
  readonly table: TransactionTable;
  readonly coins: SpentCoins;
  /** Not 0 for each transaction whose scripts need not run. */
  readonly known: Uint8Array;
}

/**
 * Copies a block, its table and the coins it spends into one piece of shared memory. Every thread
 * holds the memory as long as it reads it, whatever becomes of the block meanwhile (CVE-2024-52911).
 */
export function shareBlock(
  table: TransactionTable,
  coins: SpentCoins,
  known: Uint8Array | null,
): SharedBlock {
  const sizes = {
    transactions: table.count,
    inputs: table.inputCount,
    outputs: table.outputCount,
    scriptsLength: coins.scriptsLength,
    blockLength: table.bytes.length,
  };
  const shared: SharedBlock = { memory: new SharedArrayBuffer(byteLength(sizes)), ...sizes };
  const view = viewShared(shared);
  copyInto(view.table.transactions, table.transactions);
  copyInto(view.table.inputs, table.inputs);
  copyInto(view.table.outputs, table.outputs);
  copyInto(view.table.bytes, table.bytes);
  copyInto(view.coins.values, coins.values);
  copyInto(view.coins.origins, coins.origins);
  copyInto(view.coins.scriptAt, coins.scriptAt);
  copyInto(view.coins.scriptLength, coins.scriptLength);
  copyInto(view.coins.scripts, coins.scripts);
  if (known !== null) copyInto(view.known, known);
  view.control[NEXT_ROW] = firstSpendingRow(table);
  view.control[LOWEST_FAILURE] = NO_FAILURE;
  return shared;
}

type Sizes = Omit<SharedBlock, "memory">;

function byteLength(sizes: Sizes): number {
  return (
    8 * sizes.inputs +
    4 * (CONTROL_WORDS + 3 * sizes.inputs + tableWords(sizes)) +
    sizes.scriptsLength +
    sizes.blockLength +
    sizes.transactions
  );
}

function tableWords(sizes: Sizes): number {
  return (
    (sizes.transactions + 1) * TRANSACTION_WORDS +
    (sizes.inputs + 1) * INPUT_WORDS +
    (sizes.outputs + 1) * OUTPUT_WORDS
  );
}

/** Reads shared memory in place; nothing is copied. */
export function viewShared(shared: SharedBlock): SharedView {
  const { memory, inputs } = shared;
  let at = 0;
  const words = (count: number): Uint32Array => {
    const array = new Uint32Array(memory, at, count);
    at += 4 * count;
    return array;
  };
  const bytes = (count: number): Uint8Array => {
    const array = new Uint8Array(memory, at, count);
    at += count;
    return array;
  };
  const values = new Float64Array(memory, 0, inputs);
  at += 8 * inputs;
  const control = new Int32Array(memory, at, CONTROL_WORDS);
  at += 4 * CONTROL_WORDS;
  const transactions = words((shared.transactions + 1) * TRANSACTION_WORDS);
  const inputRows = words((inputs + 1) * INPUT_WORDS);
  const outputRows = words((shared.outputs + 1) * OUTPUT_WORDS);
  const origins = words(inputs);
  const scriptAt = words(inputs);
  const scriptLength = words(inputs);
  const scripts = bytes(shared.scriptsLength);
  const block = bytes(shared.blockLength);
  const known = bytes(shared.transactions);
  return {
    control,
    table: {
      bytes: block,
      count: shared.transactions,
      inputCount: inputs,
      outputCount: shared.outputs,
      transactions,
      inputs: inputRows,
      outputs: outputRows,
    },
    coins: SpentCoins.over({ values, origins, scriptAt, scriptLength, scripts }),
    known,
  };
}

/** Copies as much as there is room for: the arrays of a table may be longer than what is used of them. */
function copyInto<T extends Uint8Array | Uint32Array | Float64Array>(to: T, from: T): void {
  to.set(from.length > to.length ? from.subarray(0, to.length) : from);
}
