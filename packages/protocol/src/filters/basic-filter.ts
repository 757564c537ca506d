import type { Block } from "../bitcoin/block.ts";
import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import { concatBytes } from "../bytes/compare.ts";
import { sha256d } from "../crypto/sha256.ts";
import { encodeGolombFilter } from "./golomb-filter.ts";

/** BIP158: the type of the basic filter on the wire, and what RPC calls it. */
export const BASIC_FILTER = 0;
export const BASIC_FILTER_NAME = "basic";
/** Before the first filter header stands this (BIP157). */
export const NO_FILTER_HEADER: Uint8Array = new Uint8Array(32);

const OP_RETURN = 0x6a;

/**
 * The basic filter of a block (BIP158).
 *
 * @param spent the coins of its inputs; null for a block that spends none, the genesis block
 */
export function basicFilter(block: Block, spent: SpentCoins | null): Uint8Array {
  return encodeGolombFilter(block.hash, filteredScripts(block, spent));
}

/** What goes into it: every output script but empty ones and those of OP_RETURN, and every script that is spent. */
export function filteredScripts(block: Block, spent: SpentCoins | null): Uint8Array[] {
  const items: Uint8Array[] = [];
  for (const tx of block.transactions)
    for (let i = 0; i < tx.outputCount; i++) {
      const script = tx.outputScript(i);
      if (script.length > 0 && script[0] !== OP_RETURN) items.push(script);
    }
  for (let row = 0; spent !== null && row < spent.count; row++) {
    if (spent.isMissing(row)) continue; // the coinbase's
    const script = spent.script(row);
    if (script.length > 0) items.push(script);
  }
  return items;
}

/** What a filter is known by. */
export function filterHash(filter: Uint8Array): Uint8Array {
  return sha256d(filter);
}

/** The header that binds a filter to all before it (BIP157). */
export function filterHeader(hash: Uint8Array, previous: Uint8Array): Uint8Array {
  return sha256d(concatBytes(hash, previous));
}
