import { parseTransactions } from "../bitcoin/transaction-table.ts";
import { TransactionView } from "../bitcoin/transaction-view.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";

const MAX_POSITION = 0xffff;

/** getblocktxn: which transactions of a block are wanted (BIP152). */
interface BlockTransactionsRequest {
  readonly hash: Uint8Array;
  /** Ascending, each at most 65,535. */
  readonly positions: readonly number[];
}

/** blocktxn: the transactions that were wanted, in order (BIP152). */
interface BlockTransactions {
  readonly hash: Uint8Array;
  readonly transactions: readonly TransactionView[];
}

/** @throws DecodeError */
export function decodeBlockTransactionsRequest(payload: Uint8Array): BlockTransactionsRequest {
  const reader = new Reader(payload);
  const hash = reader.take(32);
  const positions: number[] = [];
  let position = -1;
  for (let left = reader.compactSize(); left > 0; left--) {
    position += reader.compactSize() + 1;
    if (position > MAX_POSITION) throw new DecodeError("differential value overflow");
    positions.push(position);
  }
  reader.end();
  return { hash, positions };
}

export function encodeBlockTransactionsRequest(request: BlockTransactionsRequest): Uint8Array {
  const { hash, positions } = request;
  const writer = new Writer(41 + 3 * positions.length).raw(hash).compactSize(positions.length);
  let before = -1;
  for (const position of positions) {
    writer.compactSize(position - before - 1);
    before = position;
  }
  return writer.finish();
}

/** @throws DecodeError */
export function decodeBlockTransactions(payload: Uint8Array): BlockTransactions {
  const reader = new Reader(payload);
  const hash = reader.take(32);
  const count = reader.compactSize();
  const { table, end } = parseTransactions(payload, reader.position, count);
  reader.skip(end - reader.position);
  reader.end();
  const transactions: TransactionView[] = [];
  for (let i = 0; i < count; i++) transactions.push(new TransactionView(table, i));
  return { hash, transactions };
}

export function encodeBlockTransactions({ hash, transactions }: BlockTransactions): Uint8Array {
  const writer = new Writer(4096).raw(hash).compactSize(transactions.length);
  for (const tx of transactions) writer.raw(tx.raw);
  return writer.finish();
}
