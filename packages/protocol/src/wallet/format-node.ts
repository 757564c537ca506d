import { encodeHex } from "../bytes/hex.ts";
import type { DescriptorNode, TapTree } from "./descriptor-node.ts";
import { formatMiniscript } from "./format-miniscript.ts";
import type { KeyExpression } from "./key-expression.ts";

/** Text of a node, in which `key` writes the keys. */
export function formatNode(node: DescriptorNode, key: (key: KeyExpression) => string): string {
  switch (node.type) {
    case "sh":
    case "wsh":
      return `${node.type}(${formatNode(node.inner, key)})`;
    case "multi":
    case "sortedmulti":
    case "multi_a":
    case "sortedmulti_a":
      return `${node.type}(${[node.threshold, ...node.keys.map(key)].join(",")})`;
    case "tr":
      return `tr(${key(node.key)}${node.tree === null ? "" : `,${formatTree(node.tree, key)}`})`;
    case "miniscript":
      return formatMiniscript(node.root, key);
    case "addr":
      return `addr(${node.address})`;
    case "raw":
      return `raw(${encodeHex(node.script)})`;
    default:
      return `${node.type}(${key(node.key)})`;
  }
}

function formatTree(tree: TapTree, key: (key: KeyExpression) => string): string {
  if ("type" in tree) return formatNode(tree, key);
  return `{${formatTree(tree[0], key)},${formatTree(tree[1], key)}}`;
}
