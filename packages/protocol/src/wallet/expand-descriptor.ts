import { descriptorChecksum } from "./descriptor-checksum.ts";
import { nodeKeys, outputNodes } from "./descriptor-node.ts";
import { formatDerivedKey, formatKeyExpression } from "./format-key.ts";
import { formatNode } from "./format-node.ts";
import { hasSecret, isRangedKey } from "./key-expression.ts";
import { NodeExpansion } from "./node-expansion.ts";
import type { Descriptor } from "./parse-descriptor.ts";

/** One output script that a descriptor means, and the same as a descriptor without derivation. */
export interface ExpandedScript {
  readonly script: Uint8Array;
  /** With checksum. */
  readonly descriptor: string;
}

/** True when the descriptor means other scripts at each index. */
export function isRanged(descriptor: Descriptor): boolean {
  return nodeKeys(descriptor.node).some(isRangedKey);
}

/** True when at least one secret is known. */
export function hasSecrets(descriptor: Descriptor): boolean {
  return nodeKeys(descriptor.node).some(hasSecret);
}

/** True when everything needed to sign is public keys or secrets, no bare script or address. */
export function isSolvable(descriptor: Descriptor): boolean {
  return descriptor.node.type !== "addr" && descriptor.node.type !== "raw";
}

/** The output scripts alone: quicker than {@link expandDescriptor}, and otherwise the same. */
export function expandScripts(descriptor: Descriptor, index: number): readonly Uint8Array[] {
  const expansion = new NodeExpansion(descriptor.variant, index);
  return outputNodes(descriptor.node).map((node) => expansion.script(node));
}

/**
 * The output scripts at `index`: one, or up to four of a combo().
 *
 * @throws RangeError when a hardened step lacks its secret
 */
export function expandDescriptor(descriptor: Descriptor, index: number): readonly ExpandedScript[] {
  const expansion = new NodeExpansion(descriptor.variant, index);
  return outputNodes(descriptor.node).map((node) => ({
    script: expansion.script(node),
    descriptor: withChecksum(formatNode(node, (key) => formatDerivedKey(expansion.derive(key)))),
  }));
}

/** Text of the descriptor with public keys only, with checksum. */
export function formatDescriptor(descriptor: Descriptor): string {
  const { node, variant } = descriptor;
  return withChecksum(formatNode(node, (key) => formatKeyExpression(key, variant)));
}

function withChecksum(text: string): string {
  return `${text}#${descriptorChecksum(text)}`;
}
