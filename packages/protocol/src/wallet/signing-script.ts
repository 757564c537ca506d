import { encodeHex } from "../bytes/hex.ts";
import { scriptOf } from "../script/build-script.ts";
import { OP_1 } from "../script/opcodes.ts";
import { type DescriptorNode, nodeKeys, outputNodes, treeLeaves } from "./descriptor-node.ts";
import type { KeyExpression, KeyOrigin } from "./key-expression.ts";
import { type InputWeightOptions, nodeInputWeight } from "./max-input-weight.ts";
import { NodeExpansion } from "./node-expansion.ts";
import type { Descriptor } from "./parse-descriptor.ts";
import type { TaprootTree } from "./taproot-tree.ts";

/** A key that may sign for an output script. */
export interface SigningKey {
  /** 33 or 65 bytes; of taproot the 32 bytes of x. */
  readonly publicKey: Uint8Array;
  readonly origin: KeyOrigin;
  readonly secret: Uint8Array | null;
  /** Of taproot: the leaves that it stands in. */
  readonly leafHashes: readonly Uint8Array[];
}

/** All that signing or describing one output script needs. */
export interface SigningScript {
  /** The output script. */
  readonly script: Uint8Array;
  readonly redeemScript: Uint8Array | null;
  readonly witnessScript: Uint8Array | null;
  /** Every key of it, each once, in the order they are written; of tr() the internal key first. */
  readonly keys: readonly SigningKey[];
  /** Of tr() only: the one key of a rawtr() is the output key itself, and signs without a tweak. */
  readonly taproot: TaprootTree | null;
}

/**
 * What signs for the output scripts at `index`: one for each that `expandDescriptor` gives, in the same
 * order, with the secrets that are known.
 *
 * @throws RangeError when a hardened step lacks its secret
 */
export function signingScripts(descriptor: Descriptor, index: number): readonly SigningScript[] {
  const expansion = new NodeExpansion(descriptor.variant, index);
  return outputNodes(descriptor.node).map((node) => signingScript(node, expansion));
}

function signingScript(node: DescriptorNode, expansion: NodeExpansion): SigningScript {
  const none = { redeemScript: null, witnessScript: null, taproot: null };
  const keys = (): SigningKey[] =>
    distinctKeys(nodeKeys(node).map((key) => signingKey(key, expansion, node.type === "rawtr")));
  switch (node.type) {
    case "tr": {
      const taproot = expansion.taproot(node.key, node.tree);
      const script = scriptOf(OP_1, taproot.outputKey);
      return { ...none, script, keys: taprootKeys(node, taproot, expansion), taproot };
    }
    case "sh": {
      const { inner } = node;
      const witnessScript = inner.type === "wsh" ? expansion.script(inner.inner) : null;
      const redeemScript = expansion.script(inner);
      return { ...none, script: expansion.script(node), redeemScript, witnessScript, keys: keys() };
    }
    case "wsh": {
      const witnessScript = expansion.script(node.inner);
      return { ...none, script: expansion.script(node), witnessScript, keys: keys() };
    }
    default:
      return { ...none, script: expansion.script(node), keys: keys() };
  }
}

function signingKey(key: KeyExpression, expansion: NodeExpansion, xOnly: boolean): SigningKey {
  const { publicKey, origin, secret } = expansion.derive(key);
  return { publicKey: xOnly ? publicKey.subarray(1) : publicKey, origin, secret, leafHashes: [] };
}

function taprootKeys(
  node: DescriptorNode & { type: "tr" },
  taproot: TaprootTree,
  expansion: NodeExpansion,
): SigningKey[] {
  const keys = [signingKey(node.key, expansion, true)];
  if (node.tree !== null)
    for (const [place, leaf] of treeLeaves(node.tree).entries()) {
      const leafHashes = [(taproot.leaves[place] as TaprootTree["leaves"][number]).hash];
      for (const key of nodeKeys(leaf))
        keys.push({ ...signingKey(key, expansion, true), leafHashes });
    }
  return distinctKeys(keys);
}

/** Each key once, in all its leaves. */
function distinctKeys(keys: readonly SigningKey[]): SigningKey[] {
  const distinct = new Map<string, SigningKey>();
  for (const key of keys) {
    const name = encodeHex(key.publicKey);
    const known = distinct.get(name);
    distinct.set(
      name,
      known === undefined
        ? key
        : {
            ...known,
            secret: known.secret ?? key.secret,
            leafHashes: [...known.leafHashes, ...key.leafHashes],
          },
    );
  }
  return [...distinct.values()];
}

/**
 * Weight of a whole input that spends an output of the descriptor, at most: outpoint, sequence, script
 * and witness. Null when it is unknown how to spend it. Core: MaxInputWeight.
 *
 * @param place which of the scripts that `expandDescriptor` gives: a combo() has several
 */
export function maxInputWeight(
  descriptor: Descriptor,
  options: InputWeightOptions & { readonly place?: number } = {},
): number | null {
  const node = outputNodes(descriptor.node)[options.place ?? 0];
  return node === undefined ? null : nodeInputWeight(node, options);
}
