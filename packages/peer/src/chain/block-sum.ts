import { readU32 } from "@compeer/protocol/bytes/reader";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import type { BlockNode } from "./block-node.ts";

/** Notes what the bytes of a block add up to, once they are known to be right. */
export function noteSum(node: BlockNode, raw: Uint8Array): void {
  node.rawSum = sumOf(raw);
}

/** True when they are the bytes that were right once; false when nobody knows. */
export function hasNotedSum(node: BlockNode, raw: Uint8Array): boolean {
  return node.rawSum !== 0 && sumOf(raw) === node.rawSum;
}

/** 30 bits, never 0: what rots by chance is found out, and forging it gains nothing. */
function sumOf(raw: Uint8Array): number {
  return (readU32(sha256(raw), 0) >>> 2) | 1;
}
