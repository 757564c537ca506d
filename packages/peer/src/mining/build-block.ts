import { type Block, blockTxid, decodeBlock, witnessIds } from "@compeer/protocol/bitcoin/block";
import { encodeHeader, HEADER_SIZE, type HeaderFields } from "@compeer/protocol/bitcoin/header";
import { merkleRoot } from "@compeer/protocol/bitcoin/merkle";
import { Writer, writeU32 } from "@compeer/protocol/bytes/writer";
import { runAtOnce } from "./steps.ts";

/** Longest compact size. */
const MAX_COUNT_SIZE = 9;

/** A transaction as it goes into a block; of the coinbase, the wtxid is zeros (BIP141). */
export interface BlockTransaction {
  readonly raw: Uint8Array;
  readonly txid: Uint8Array;
  readonly wtxid: Uint8Array;
}

/** The block of this header and these transactions, with the merkle root filled in. */
export function buildBlock(
  header: Omit<HeaderFields, "merkleRoot">,
  transactions: readonly BlockTransaction[],
): Block {
  return runAtOnce(buildInSteps(header, transactions, joinIds(transactions, "wtxid")));
}

/**
 * As `buildBlock`, in short steps.
 *
 * @param wtxids of the transactions, 32 bytes each; zeros for the coinbase
 */
export function* buildInSteps(
  header: Omit<HeaderFields, "merkleRoot">,
  transactions: readonly BlockTransaction[],
  wtxids: Uint8Array,
): Generator<void, Block> {
  const txids = joinIds(transactions, "txid");
  yield;
  const { root } = merkleRoot(txids);
  yield;
  let size = HEADER_SIZE + MAX_COUNT_SIZE;
  for (const { raw } of transactions) size += raw.length;
  const writer = new Writer(size);
  writer.raw(encodeHeader({ ...header, merkleRoot: root }));
  writer.compactSize(transactions.length);
  for (const { raw } of transactions) writer.raw(raw);
  yield;
  return decodeBlock(writer.finish(), { txids, wtxids });
}

/** Ids of transactions in a row, 32 bytes each. */
export function joinIds(
  transactions: readonly BlockTransaction[],
  kind: "txid" | "wtxid",
): Uint8Array {
  const ids = new Uint8Array(32 * transactions.length);
  let at = 0;
  for (const transaction of transactions) {
    ids.set(transaction[kind], at);
    at += 32;
  }
  return ids;
}

/** The transactions of a block behind its coinbase. */
export function partsOf(block: Block): BlockTransaction[] {
  const wtxids = witnessIds(block);
  return block.transactions.slice(1).map(({ raw, index }) => {
    const wtxid = wtxids.subarray(32 * index, 32 * index + 32);
    return { raw, txid: blockTxid(block, index), wtxid };
  });
}

/** The same block with another nonce. */
export function withNonce(block: Block, nonce: number): Block {
  const raw = block.raw.slice();
  writeU32(raw, HEADER_SIZE - 4, nonce);
  return decodeBlock(raw);
}
