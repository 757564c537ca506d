import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { encodeHeader, HEADER_SIZE, type HeaderFields } from "@compeer/protocol/bitcoin/header";
import { merkleRoot } from "@compeer/protocol/bitcoin/merkle";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { Writer, writeU32 } from "@compeer/protocol/bytes/writer";

/** A transaction as it goes into a block. */
export interface BlockPart {
  readonly raw: Uint8Array;
  readonly txid: Uint8Array;
}

/** The block of this header and these transactions, with the merkle root filled in. */
export function buildBlock(
  header: Omit<HeaderFields, "merkleRoot">,
  parts: readonly BlockPart[],
): Block {
  const root = merkleRoot(concatBytes(...parts.map(({ txid }) => txid))).root;
  const writer = new Writer(1 << 16);
  writer.raw(encodeHeader({ ...header, merkleRoot: root })).compactSize(parts.length);
  for (const { raw } of parts) writer.raw(raw);
  return decodeBlock(writer.finish());
}

/** The same block with another nonce. */
export function withNonce(block: Block, nonce: number): Block {
  const raw = block.raw.slice();
  writeU32(raw, HEADER_SIZE - 4, nonce);
  return decodeBlock(raw);
}
