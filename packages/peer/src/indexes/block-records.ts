import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import type { BlockNode } from "../chain/block-node.ts";
import type { Batch, KeyValueStore } from "../storage/key-value.ts";

/*
 * What an index keeps of each block: of those of the chain by height, behind the block's hash; of those
 * that left it by hash. Core: DB_BLOCK_HEIGHT and DB_BLOCK_HASH in src/index.
 */
const BY_HASH = 0x73; // "s"
const BY_HEIGHT = 0x74; // "t"
const HASH_SIZE = 32;

export function putInChain(batch: Batch, node: BlockNode, record: Uint8Array): void {
  const value = new Uint8Array(HASH_SIZE + record.length);
  value.set(node.hash);
  value.set(record, HASH_SIZE);
  batch.put(heightKey(node), value);
}

/** Its height will belong to another block. */
export function putBeside(batch: Batch, node: BlockNode, record: Uint8Array): void {
  batch.put(hashKeyOf(node), record);
}

/** Null when the index has not come to the block. @throws DecodeError when what stands there is too short */
export async function readRecord(
  records: KeyValueStore,
  node: BlockNode,
): Promise<Uint8Array | null> {
  const inChain = await records.get(heightKey(node));
  if (inChain !== undefined && inChain.length < HASH_SIZE)
    throw new DecodeError("damaged record of an index");
  if (inChain !== undefined && equalBytes(inChain.subarray(0, HASH_SIZE), node.hash))
    return inChain.subarray(HASH_SIZE);
  return (await records.get(hashKeyOf(node))) ?? null;
}

function heightKey({ height }: BlockNode): Uint8Array {
  return Uint8Array.of(BY_HEIGHT, height >>> 24, height >>> 16, height >>> 8, height);
}

function hashKeyOf({ hash }: BlockNode): Uint8Array {
  return Uint8Array.of(BY_HASH, ...hash);
}
