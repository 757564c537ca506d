import { readU32 } from "@compeer/protocol/bytes/reader";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import type { BlockNode } from "./block-node.ts";
import type { ChainState } from "./chain-state.ts";
import { readBlock } from "./read-block.ts";

/** Notes what the bytes of a block add up to, once they are known to be right. */
export function noteSum(node: BlockNode, raw: Uint8Array): void {
  node.rawSum = sumOf(raw);
}

/**
 * The bytes of a stored block as `readBlock` gives them, but not decoded: bytes that were right once need
 * only be the same as then. So a block is served at the price of one hash.
 */
export async function readRawBlock(state: ChainState, node: BlockNode): Promise<Uint8Array | null> {
  const raw = node.haveData && node.rawSum !== 0 ? await tryRead(state, node) : null;
  if (raw !== null && sumOf(raw) === node.rawSum) return raw;
  const block = await readBlock(state, node);
  if (block !== null) noteSum(node, block.raw);
  return block?.raw ?? null;
}

/** What goes wrong here goes wrong again where it is dealt with. */
async function tryRead(state: ChainState, node: BlockNode): Promise<Uint8Array | null> {
  try {
    return await state.files.readBlock({ file: node.file, offset: node.dataOffset });
  } catch {
    return null;
  }
}

/** 30 bits, never 0: what rots by chance is found out, and forging it gains nothing. */
function sumOf(raw: Uint8Array): number {
  return (readU32(sha256(raw), 0) >>> 2) | 1;
}
