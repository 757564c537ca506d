import { type KeyExpression, keySize } from "./key-expression.ts";
import { miniscriptKeys } from "./miniscript.ts";
import type { Miniscript } from "./miniscript-node.ts";

/** A part of a descriptor; the names are the functions of BIP380–387. */
export type DescriptorNode =
  | { readonly type: "pk" | "pkh" | "wpkh" | "combo" | "rawtr"; readonly key: KeyExpression }
  | { readonly type: "sh" | "wsh"; readonly inner: DescriptorNode }
  | {
      readonly type: "multi" | "sortedmulti" | "multi_a" | "sortedmulti_a";
      readonly threshold: number;
      readonly keys: readonly KeyExpression[];
    }
  | { readonly type: "tr"; readonly key: KeyExpression; readonly tree: TapTree | null }
  /** BIP379 */
  | { readonly type: "miniscript"; readonly root: Miniscript<KeyExpression> }
  | { readonly type: "addr"; readonly address: string; readonly script: Uint8Array }
  | { readonly type: "raw"; readonly script: Uint8Array };

/** A leaf, or two branches (BIP386). */
export type TapTree = DescriptorNode | readonly [TapTree, TapTree];

/** All keys of a node, in the order they are written. */
export function nodeKeys(node: DescriptorNode): readonly KeyExpression[] {
  switch (node.type) {
    case "sh":
    case "wsh":
      return nodeKeys(node.inner);
    case "multi":
    case "sortedmulti":
    case "multi_a":
    case "sortedmulti_a":
      return node.keys;
    case "tr":
      return [node.key, ...(node.tree === null ? [] : treeKeys(node.tree))];
    case "miniscript":
      return miniscriptKeys(node.root);
    case "addr":
    case "raw":
      return [];
    default:
      return [node.key];
  }
}

function treeKeys(tree: TapTree): readonly KeyExpression[] {
  return treeLeaves(tree).flatMap(nodeKeys);
}

/** Leaves of a tree from left to right. */
export function treeLeaves(tree: TapTree): readonly DescriptorNode[] {
  return "type" in tree ? [tree] : [...treeLeaves(tree[0]), ...treeLeaves(tree[1])];
}

/** The node, or those that a combo() stands for: one each output script. */
export function outputNodes(node: DescriptorNode): readonly DescriptorNode[] {
  if (node.type !== "combo") return [node];
  // BIP384: P2PK and P2PKH, and for a compressed key P2WPKH and P2SH-P2WPKH.
  const { key } = node;
  const nodes: DescriptorNode[] = [
    { type: "pk", key },
    { type: "pkh", key },
  ];
  if (keySize(key) !== 33) return nodes;
  const wpkh: DescriptorNode = { type: "wpkh", key };
  return [...nodes, wpkh, { type: "sh", inner: wpkh }];
}
