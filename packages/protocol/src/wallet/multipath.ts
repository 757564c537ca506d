import { DecodeError } from "../bytes/decode-error.ts";
import { type DescriptorNode, nodeKeys, type TapTree, treeLeaves } from "./descriptor-node.ts";
import { keyVariants } from "./key-expression.ts";

/**
 * How many descriptors a node stands for: every multipath step in it must offer as many choices (BIP389).
 *
 * @throws DecodeError in Core's words
 */
export function countVariants(node: DescriptorNode): number {
  switch (node.type) {
    case "sh":
    case "wsh":
      return countVariants(node.inner);
    case "multi":
    case "sortedmulti":
    case "multi_a":
    case "sortedmulti_a":
      return agreed(
        node.keys.map(keyVariants),
        1,
        "multi(): Multipath derivation paths have mismatched lengths",
      );
    case "miniscript":
      return agreed(
        nodeKeys(node).map(keyVariants),
        1,
        "Miniscript: Multipath derivation paths have mismatched lengths",
      );
    case "tr":
      return countTaproot(keyVariants(node.key), node.tree === null ? [] : leafCounts(node.tree));
    case "addr":
    case "raw":
      return 1;
    default:
      return keyVariants(node.key);
  }
}

function countTaproot(internal: number, leaves: readonly number[]): number {
  const count = agreed(leaves, internal, "tr(): Multipath subscripts have mismatched lengths");
  if (internal > 1 && internal !== count)
    throw new DecodeError("tr(): Multipath internal key mismatches multipath subscripts lengths");
  return count;
}

/** The largest of the counts and `least`; each count must be that or one. */
function agreed(counts: readonly number[], least: number, message: string): number {
  const most = counts.reduce((larger, count) => Math.max(larger, count), least);
  if (counts.some((count) => count > 1 && count !== most)) throw new DecodeError(message);
  return most;
}

function leafCounts(tree: TapTree): number[] {
  return treeLeaves(tree).map(countVariants);
}
