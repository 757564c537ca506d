import type { BlockNode } from "./block-node.ts";
import { hasNotedSum } from "./block-sum.ts";
import type { ChainState } from "./chain-state.ts";
import { readBlock } from "./read-block.ts";
import { Turns } from "./turns.ts";

/** Many peers may be served at once, and what is read for them arrives together. */
const turns = new Turns();

/**
 * The bytes of a stored block as `readBlock` gives them, but not decoded: bytes that were right once need
 * only be the same as then. So a block is served at the price of one hash.
 */
export async function readRawBlock(state: ChainState, node: BlockNode): Promise<Uint8Array | null> {
  const raw = node.haveData && node.rawSum !== 0 ? await tryRead(state, node) : null;
  await turns.next();
  if (raw !== null && hasNotedSum(node, raw)) return raw;
  return (await readBlock(state, node))?.raw ?? null;
}

/** What goes wrong here goes wrong again where it is dealt with. */
async function tryRead(state: ChainState, node: BlockNode): Promise<Uint8Array | null> {
  try {
    return await state.files.readBlock({ file: node.file, offset: node.dataOffset });
  } catch {
    return null;
  }
}
