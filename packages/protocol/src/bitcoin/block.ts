import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { type BlockHeader, decodeHeader, HEADER_SIZE } from "./header.ts";
import { txidInto, wtxidInto } from "./transaction-id.ts";
import { parseTransactions, type TransactionTable } from "./transaction-table.ts";
import { TransactionView } from "./transaction-view.ts";

/**
 * A decoded block: its bytes, its header and the table of its transactions. Ids are computed once,
 * while decoding.
 */
export interface Block {
  readonly raw: Uint8Array;
  readonly header: BlockHeader;
  readonly hash: Uint8Array;
  readonly table: TransactionTable;
  readonly transactions: readonly TransactionView[];
  /** 32 bytes a transaction, wire order. */
  readonly txids: Uint8Array;
  /** BIP141 weight of the whole block. */
  readonly weight: number;
  readonly strippedSize: number;
}

/** @throws DecodeError unless `bytes` are exactly one block */
export function decodeBlock(bytes: Uint8Array): Block {
  const block = decodeFirstBlock(bytes);
  const left = bytes.length - block.raw.length;
  if (left > 0) throw new DecodeError(`${left} bytes left over`);
  return block;
}

/**
 * The block that `bytes` begin with, whatever follows it: so submitblock reads. Core: DecodeHexBlk.
 *
 * @throws DecodeError unless they begin with a block
 */
export function decodeFirstBlock(bytes: Uint8Array): Block {
  const header = decodeHeader(bytes.subarray(0, HEADER_SIZE));
  const reader = new Reader(bytes, HEADER_SIZE);
  const count = reader.compactSize();
  const { table, end } = parseTransactions(bytes, reader.position, count);
  const transactions: TransactionView[] = [];
  const txids = new Uint8Array(32 * count);
  let strippedSize = reader.position;
  for (let i = 0; i < count; i++) {
    const tx = new TransactionView(table, i);
    txidInto(tx, txids, 32 * i);
    strippedSize += tx.strippedSize;
    transactions.push(tx);
  }
  const weight = strippedSize * 3 + end;
  return {
    raw: bytes.subarray(0, end),
    header,
    hash: header.hash,
    table,
    transactions,
    txids,
    weight,
    strippedSize,
  };
}

/** Txid of one transaction of a block, a view. */
export function blockTxid(block: Block, index: number): Uint8Array {
  return block.txids.subarray(32 * index, 32 * index + 32);
}

/** The wtxids of a block, 32 bytes each; the coinbase's is zeros, as the commitment has it (BIP141). */
export function witnessIds(block: Block): Uint8Array {
  const ids = new Uint8Array(32 * block.transactions.length);
  for (let i = 1; i < block.transactions.length; i++) {
    const tx = block.transactions[i] as TransactionView;
    if (tx.hasWitness) wtxidInto(tx, ids, 32 * i);
    else ids.set(blockTxid(block, i), 32 * i);
  }
  return ids;
}
