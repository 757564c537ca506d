import type { InputJson } from "./transaction-json.ts";

/** What a control block tells of the tree that a taproot output commits to (BIP341). */
export interface ControlBlock {
  readonly leafVersion: number;
  readonly internalKey: string;
  /** Hashes of the branches beside the way to the script, the one at the root first. */
  readonly siblings: readonly string[];
}

const ANNEX = "50";
/** Hex digits of the first byte and the key, and of one hash. */
const HEAD = 66;
const HASH = 64;
const MAX_DEPTH = 128;

/** Reads a control block in hex; null when it is none. */
export function controlBlock(hex: string): ControlBlock | null {
  const rest = hex.length - HEAD;
  if (rest < 0 || rest % HASH !== 0 || rest / HASH > MAX_DEPTH) return null;
  return {
    leafVersion: Number.parseInt(hex.slice(0, 2), 16) & 0xfe,
    internalKey: hex.slice(2, HEAD),
    siblings: (hex.slice(HEAD).match(/.{64}/g) ?? []).reverse(),
  };
}

/** A taproot witness without the annex at its end. */
export function withoutAnnex(stack: readonly string[]): readonly string[] {
  const hasAnnex = stack.length >= 2 && stack.at(-1)?.startsWith(ANNEX) === true;
  return hasAnnex ? stack.slice(0, -1) : stack;
}

/** The control block of an input that spends by a script of its tree; null for every other. */
export function scriptPathOf({ prevout, txinwitness = [] }: InputJson): ControlBlock | null {
  if (prevout?.scriptPubKey.type !== "witness_v1_taproot") return null;
  const items = withoutAnnex(txinwitness);
  return items.length < 2 ? null : controlBlock(items.at(-1) as string);
}
