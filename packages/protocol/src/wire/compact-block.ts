import { type Block, witnessIds } from "../bitcoin/block.ts";
import { type BlockHeader, decodeHeader, HEADER_SIZE } from "../bitcoin/header.ts";
import { parseTransactions } from "../bitcoin/transaction-table.ts";
import { TransactionView } from "../bitcoin/transaction-view.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { Reader, readU32 } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { type ShortId, ShortIds } from "./short-ids.ts";

/** Positions in a block are 16 bits wide in these messages. */
const MAX_TRANSACTIONS = 0xffff;
const SHORT_ID_SIZE = 6;

interface PrefilledTransaction {
  /** Its place in the block; may lie beyond the end. */
  readonly position: number;
  readonly tx: TransactionView;
}

/** A block whose transactions are named by short ids, or given where the receiver may lack them (BIP152). */
export interface CompactBlock {
  readonly header: BlockHeader;
  readonly nonce: bigint;
  /** Of the transactions that are not prefilled, in the order of the block. */
  readonly shortIds: readonly ShortId[];
  /** Positions ascend. */
  readonly prefilled: readonly PrefilledTransaction[];
}

/** @throws DecodeError */
export function decodeCompactBlock(payload: Uint8Array): CompactBlock {
  const reader = new Reader(payload);
  const header = decodeHeader(reader.take(HEADER_SIZE).slice());
  const nonce = reader.u64big();
  const shortIds = readShortIds(reader);
  const prefilled = readPrefilled(reader);
  if (shortIds.length + prefilled.length > MAX_TRANSACTIONS)
    throw new DecodeError("indexes overflowed 16 bits");
  reader.end();
  return { header, nonce, shortIds, prefilled };
}

function readShortIds(reader: Reader): ShortId[] {
  const count = reader.compactSize();
  const bytes = reader.take(count * SHORT_ID_SIZE);
  const ids: ShortId[] = [];
  for (let at = 0; at < bytes.length; at += SHORT_ID_SIZE) {
    const high = (bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8);
    ids.push(readU32(bytes, at) + high * 0x100000000);
  }
  return ids;
}

/** Each position is told by the gap to the one before. */
function readPrefilled(reader: Reader): PrefilledTransaction[] {
  const prefilled: PrefilledTransaction[] = [];
  let position = -1;
  for (let left = reader.compactSize(); left > 0; left--) {
    const gap = reader.compactSize();
    if (gap > MAX_TRANSACTIONS) throw new DecodeError("position overflows 16 bits");
    position += gap + 1;
    const { table, end } = parseTransactions(reader.bytes, reader.position, 1);
    prefilled.push({ position, tx: new TransactionView(table, 0) });
    reader.skip(end - reader.position);
  }
  return prefilled;
}

/** `block` with its coinbase alone prefilled, which nobody can have. */
export function encodeCompactBlock(block: Block, nonce: bigint): Uint8Array {
  const header = block.raw.subarray(0, HEADER_SIZE);
  const [coinbase] = block.transactions;
  const count = block.transactions.length;
  const writer = new Writer(HEADER_SIZE + 24 + SHORT_ID_SIZE * count + 1000);
  writer
    .raw(header)
    .u64big(nonce)
    .compactSize(count - 1);
  const shortIds = new ShortIds(header, nonce);
  const wtxids = witnessIds(block);
  for (let i = 1; i < count; i++) {
    const id = shortIds.of(wtxids, 32 * i);
    writer.u32(id % 0x100000000).u16(Math.floor(id / 0x100000000));
  }
  if (coinbase === undefined) throw new RangeError("a block has a coinbase");
  return writer.compactSize(1).compactSize(0).raw(coinbase.raw).finish();
}
