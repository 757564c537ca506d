import type { DescriptorNode } from "./descriptor-node.ts";
import { keySize } from "./key-expression.ts";
import { maxStackItems } from "./miniscript-limits.ts";

const WITNESS_SCALE = 4;
/** Outpoint and sequence. */
const INPUT_FIXED = 32 + 4 + 4;
const SCHNORR_SIGNATURE = 65;

/** What the weight of an input depends on beside its descriptor. */
export interface InputWeightOptions {
  /** ECDSA signatures may have a high r: others sign. */
  readonly highR?: boolean;
  /** Whether the transaction has witnesses, so that even this input counts its (none); true unless said. */
  readonly segwit?: boolean;
}

/** The bytes of what satisfies a script, and the number of its items. */
interface Satisfaction {
  readonly size: number;
  readonly items: number;
}

/**
 * Weight of a whole input that spends what a node stands for, with the largest satisfaction there may
 * be: taproot is taken to be spent by key. Null when that is unknown. Core: MaxInputWeight.
 */
export function nodeInputWeight(node: DescriptorNode, options: InputWeightOptions): number | null {
  const signature = options.highR ? 72 : 71;
  switch (node.type) {
    case "tr":
    case "rawtr":
      return inWitness(0, { size: 1 + SCHNORR_SIGNATURE, items: 1 });
    case "wpkh":
    case "wsh":
      return witnessNode(0, node, signature);
    case "sh": {
      const { inner } = node;
      if (inner.type === "wpkh") return witnessNode(1 + 22, inner, signature);
      if (inner.type === "wsh") return witnessNode(1 + 34, inner, signature);
      const size = scriptSize(inner);
      const inside = satisfaction(inner, signature);
      if (size === null || inside === null) return null;
      return inScript(1 + size + inside.size, options);
    }
    default: {
      const inside = satisfaction(node, signature);
      return inside && inScript(inside.size, options);
    }
  }
}

function inScript(size: number, { segwit = true }: InputWeightOptions): number {
  return (INPUT_FIXED + compactSize(size) + size) * WITNESS_SCALE + (segwit ? 1 : 0);
}

/** `push` is the size of the script that pushes the witness program, 0 when there is none. */
function inWitness(push: number, { size, items }: Satisfaction): number {
  return (INPUT_FIXED + 1 + push) * WITNESS_SCALE + compactSize(items) + size;
}

function witnessNode(push: number, node: DescriptorNode, signature: number): number | null {
  if (node.type !== "wsh") return inWitness(push, { size: 2 + signature + 33, items: 2 });
  const size = scriptSize(node.inner);
  const inside = satisfaction(node.inner, signature);
  if (size === null || inside === null) return null;
  return inWitness(push, {
    size: compactSize(size) + size + inside.size,
    items: 1 + inside.items,
  });
}

function satisfaction(node: DescriptorNode, signature: number): Satisfaction | null {
  switch (node.type) {
    case "pk":
      return { size: 1 + signature, items: 1 };
    case "pkh":
      return { size: 1 + signature + 1 + keySize(node.key), items: 2 };
    case "multi":
    case "sortedmulti":
      return { size: 1 + (1 + signature) * node.threshold, items: 1 + node.threshold };
    case "miniscript":
      // As Core has it, always with signatures of a high r.
      return { size: node.root.witness.sat, items: maxStackItems(node.root) };
    default:
      return null;
  }
}

function scriptSize(node: DescriptorNode): number | null {
  switch (node.type) {
    case "pk":
      return 1 + keySize(node.key) + 1;
    case "pkh":
      return 25;
    case "multi":
    case "sortedmulti": {
      let size = 1 + numberSize(node.threshold) + numberSize(node.keys.length);
      for (const key of node.keys) size += 1 + keySize(key);
      return size;
    }
    case "miniscript":
      return node.root.scriptSize;
    default:
      return null;
  }
}

/** Bytes that push a count of keys. */
function numberSize(value: number): number {
  return value <= 16 ? 1 : 2;
}

function compactSize(value: number): number {
  return value < 0xfd ? 1 : value <= 0xffff ? 3 : 5;
}
