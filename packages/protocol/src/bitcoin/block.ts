import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { type BlockHeader, decodeHeader, HEADER_SIZE } from "./header.ts";
import { type MerkleRoot, merkleRoot } from "./merkle.ts";
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

/** Ids of a block's transactions, 32 bytes each, that need not be computed. */
export interface BlockIds {
  readonly txids: Uint8Array;
  /** Zeros for the coinbase. */
  readonly wtxids: Uint8Array;
}

/** What is asked for again and again: by the checks, to announce the block, by caches. */
interface Derived {
  wtxids: Uint8Array | null;
  root: MerkleRoot | null;
  witnessRoot: Uint8Array | null;
}

const derived = new WeakMap<Block, Derived>();

function derivedOf(block: Block): Derived {
  let known = derived.get(block);
  if (known === undefined) {
    known = { wtxids: null, root: null, witnessRoot: null };
    derived.set(block, known);
  }
  return known;
}

/**
 * @param ids of the transactions, where they are known
 * @throws DecodeError unless `bytes` are exactly one block
 */
export function decodeBlock(bytes: Uint8Array, ids: BlockIds | null = null): Block {
  const block = decodeFirstBlock(bytes, ids);
  const left = bytes.length - block.raw.length;
  if (left > 0) throw new DecodeError(`${left} bytes left over`);
  return block;
}

/**
 * The block that `bytes` begin with, whatever follows it: so submitblock reads. Core: DecodeHexBlk.
 *
 * @throws DecodeError unless they begin with a block
 */
export function decodeFirstBlock(bytes: Uint8Array, ids: BlockIds | null = null): Block {
  const header = decodeHeader(bytes.subarray(0, HEADER_SIZE));
  const reader = new Reader(bytes, HEADER_SIZE);
  const count = reader.compactSize();
  const { table, end } = parseTransactions(bytes, reader.position, count);
  const transactions: TransactionView[] = [];
  const txids = ids?.txids ?? new Uint8Array(32 * count);
  let strippedSize = reader.position;
  for (let i = 0; i < count; i++) {
    const tx = new TransactionView(table, i);
    if (ids === null) txidInto(tx, txids, 32 * i);
    strippedSize += tx.strippedSize;
    transactions.push(tx);
  }
  const weight = strippedSize * 3 + end;
  const block = {
    raw: bytes.subarray(0, end),
    header,
    hash: header.hash,
    table,
    transactions,
    txids,
    weight,
    strippedSize,
  };
  if (ids !== null) derivedOf(block).wtxids = ids.wtxids;
  return block;
}

/** Txid of one transaction of a block, a view. */
export function blockTxid(block: Block, index: number): Uint8Array {
  return block.txids.subarray(32 * index, 32 * index + 32);
}

/**
 * The wtxids of a block, 32 bytes each; the coinbase's is zeros, as the commitment has it (BIP141). They are
 * computed once; nobody may change them.
 */
export function witnessIds(block: Block): Uint8Array {
  const known = derivedOf(block);
  known.wtxids ??= computeWitnessIds(block);
  return known.wtxids;
}

function computeWitnessIds(block: Block): Uint8Array {
  const ids = new Uint8Array(32 * block.transactions.length);
  for (let i = 1; i < block.transactions.length; i++) {
    const tx = block.transactions[i] as TransactionView;
    if (tx.hasWitness) wtxidInto(tx, ids, 32 * i);
    else ids.set(blockTxid(block, i), 32 * i);
  }
  return ids;
}

/** Over the txids; computed once. */
export function blockMerkleRoot(block: Block): MerkleRoot {
  const known = derivedOf(block);
  known.root ??= merkleRoot(block.txids);
  return known.root;
}

/** Over the wtxids; computed once (BIP141). */
export function witnessMerkleRoot(block: Block): Uint8Array {
  const known = derivedOf(block);
  known.witnessRoot ??= merkleRoot(witnessIds(block)).root;
  return known.witnessRoot;
}
