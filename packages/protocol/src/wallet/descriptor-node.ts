import type { KeyExpression } from "./key-expression.ts";

/** A part of a descriptor; the names are the functions of BIP380–386. */
export type DescriptorNode =
  | { readonly type: "pk" | "pkh" | "wpkh" | "combo" | "rawtr"; readonly key: KeyExpression }
  | { readonly type: "sh" | "wsh"; readonly inner: DescriptorNode }
  | {
      readonly type: "multi" | "sortedmulti" | "multi_a" | "sortedmulti_a";
      readonly threshold: number;
      readonly keys: readonly KeyExpression[];
    }
  | { readonly type: "tr"; readonly key: KeyExpression; readonly tree: TapTree | null }
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
    case "addr":
    case "raw":
      return [];
    default:
      return [node.key];
  }
}

function treeKeys(tree: TapTree): readonly KeyExpression[] {
  return "type" in tree ? nodeKeys(tree) : [...treeKeys(tree[0]), ...treeKeys(tree[1])];
}
