import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import {
  TRANSACTION_WORDS,
  type TransactionTable,
} from "@compeer/protocol/bitcoin/transaction-table";
import { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import type { SignatureChecks } from "@compeer/protocol/crypto/signature-backend";
import type { ScriptError } from "@compeer/protocol/script/script-error";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { verifyInput } from "@compeer/protocol/script/verify-input";

/** The scripts of one input: why they fail, and where it stands. */
export interface ScriptFailure {
  readonly tx: number;
  readonly input: number;
  readonly error: ScriptError;
}

/**
 * Checks the scripts of a block by input number of the whole table. Neighbouring inputs share what is
 * computed once a transaction, so rows are best asked in order.
 */
export class RowChecker {
  readonly #table: TransactionTable;
  readonly #coins: SpentCoins;
  readonly #flags: number;
  readonly #known: Uint8Array | null;
  readonly #backend: SignatureChecks;
  #tx: TransactionView;
  #context: TransactionContext | null = null;

  /** @param known not 0 for each transaction whose scripts need not run, null when that is none */
  constructor(
    table: TransactionTable,
    coins: SpentCoins,
    flags: number,
    known: Uint8Array | null = null,
    backend: SignatureChecks = signatureBackend(),
  ) {
    this.#table = table;
    this.#coins = coins;
    this.#flags = flags;
    this.#known = known;
    this.#backend = backend;
    this.#tx = new TransactionView(table, 0);
  }

  check(row: number): ScriptFailure | null {
    this.#seek(row);
    if (this.#known !== null && this.#known[this.#tx.index] !== 0) return null;
    this.#context ??= new TransactionContext(this.#tx, this.#coins, this.#backend);
    const input = row - this.#tx.firstInput;
    const error = verifyInput(this.#context, input, this.#flags);
    return error === null ? null : { tx: this.#tx.index, input, error };
  }

  #seek(row: number): void {
    const { firstInput, inputCount } = this.#tx;
    if (row >= firstInput && row < firstInput + inputCount) return;
    this.#tx = new TransactionView(this.#table, transactionOf(this.#table, row));
    this.#context = null;
  }
}

/** The transaction that the input number `row` belongs to. */
function transactionOf(table: TransactionTable, row: number): number {
  let low = 0;
  let high = table.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((table.transactions[middle * TRANSACTION_WORDS + 2] as number) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Input number of the first input behind the coinbase. */
export function firstSpendingRow(table: TransactionTable): number {
  return table.transactions[TRANSACTION_WORDS + 2] as number;
}
