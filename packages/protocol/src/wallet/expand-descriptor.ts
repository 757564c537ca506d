import { compareBytes } from "../bytes/compare.ts";
import { encodeHex } from "../bytes/hex.ts";
import { Writer } from "../bytes/writer.ts";
import { hash160 } from "../crypto/hash160.ts";
import { tweakTapKey } from "../crypto/keys.ts";
import { sha256 } from "../crypto/sha256.ts";
import { taggedHash } from "../crypto/tagged-hash.ts";
import { numberPart, type ScriptPart, scriptOf } from "../script/build-script.ts";
import {
  OP_0,
  OP_1,
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_CHECKSIGADD,
  OP_DUP,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_HASH160,
  OP_NUMEQUAL,
} from "../script/opcodes.ts";
import { descriptorChecksum } from "./descriptor-checksum.ts";
import { type DescriptorNode, nodeKeys, type TapTree } from "./descriptor-node.ts";
import {
  type DerivedKey,
  deriveKey,
  formatDerivedKey,
  formatKeyExpression,
  hasSecret,
  isRangedKey,
  type KeyExpression,
} from "./key-expression.ts";
import type { Descriptor } from "./parse-descriptor.ts";

const LEAF_TAPSCRIPT = 0xc0;

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

/**
 * The output scripts at `index`: one, or up to four of a combo().
 *
 * @throws RangeError when a hardened step lacks its secret
 */
export function expandDescriptor(descriptor: Descriptor, index: number): readonly ExpandedScript[] {
  const { node, variant } = descriptor;
  const expansion = new Expansion(variant, index);
  const nodes = node.type === "combo" ? expansion.comboNodes(node.key) : [node];
  return nodes.map((each) => ({
    script: expansion.script(each),
    descriptor: withChecksum(expansion.text(each)),
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

/** A descriptor at one index. Each key is derived once: that is what takes time. */
class Expansion {
  readonly #variant: number;
  readonly #index: number;
  readonly #derived = new Map<KeyExpression, DerivedKey>();

  constructor(variant: number, index: number) {
    this.#variant = variant;
    this.#index = index;
  }

  #derive(key: KeyExpression): DerivedKey {
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    const derived = deriveKey(key, this.#variant, this.#index);
    this.#derived.set(key, derived);
    return derived;
  }

  /** BIP384: P2PK and P2PKH, and for a compressed key P2WPKH and P2SH-P2WPKH. */
  comboNodes(key: KeyExpression): DescriptorNode[] {
    const nodes: DescriptorNode[] = [
      { type: "pk", key },
      { type: "pkh", key },
    ];
    if (this.#bytes(key).length !== 33) return nodes;
    const wpkh: DescriptorNode = { type: "wpkh", key };
    return [...nodes, wpkh, { type: "sh", inner: wpkh }];
  }

  #bytes(key: KeyExpression, xOnly = false): Uint8Array {
    const { publicKey } = this.#derive(key);
    return xOnly ? publicKey.subarray(1) : publicKey;
  }

  text(node: DescriptorNode): string {
    return formatNode(node, (key) => formatDerivedKey(this.#derive(key)));
  }

  script(node: DescriptorNode, tapscript = false): Uint8Array {
    switch (node.type) {
      case "pk":
        return scriptOf(this.#bytes(node.key, tapscript), OP_CHECKSIG);
      case "pkh":
        return scriptOf(
          OP_DUP,
          OP_HASH160,
          hash160(this.#bytes(node.key, tapscript)),
          OP_EQUALVERIFY,
          OP_CHECKSIG,
        );
      case "wpkh":
        return scriptOf(OP_0, hash160(this.#bytes(node.key)));
      case "sh":
        return scriptOf(OP_HASH160, hash160(this.script(node.inner)), OP_EQUAL);
      case "wsh":
        return scriptOf(OP_0, sha256(this.script(node.inner)));
      case "multi":
      case "sortedmulti":
        return this.#multisig(node.threshold, node.keys, node.type === "sortedmulti");
      case "multi_a":
      case "sortedmulti_a":
        return this.#tapMultisig(node.threshold, node.keys, node.type === "sortedmulti_a");
      case "rawtr":
        return scriptOf(OP_1, this.#bytes(node.key, true));
      case "tr":
        return this.#taproot(node.key, node.tree);
      case "addr":
      case "raw":
        return node.script;
      case "combo":
        throw new Error("combo() is expanded before");
    }
  }

  #multisig(threshold: number, keys: readonly KeyExpression[], sorted: boolean): Uint8Array {
    const publicKeys = keys.map((key) => this.#bytes(key));
    if (sorted) publicKeys.sort(compareBytes);
    return scriptOf(
      numberPart(threshold),
      ...publicKeys,
      numberPart(keys.length),
      OP_CHECKMULTISIG,
    );
  }

  /** BIP387. */
  #tapMultisig(threshold: number, keys: readonly KeyExpression[], sorted: boolean): Uint8Array {
    const publicKeys = keys.map((key) => this.#bytes(key, true));
    if (sorted) publicKeys.sort(compareBytes);
    const checks = publicKeys.flatMap((key, place): ScriptPart[] => [
      key,
      place === 0 ? OP_CHECKSIG : OP_CHECKSIGADD,
    ]);
    return scriptOf(...checks, numberPart(threshold), OP_NUMEQUAL);
  }

  #taproot(key: KeyExpression, tree: TapTree | null): Uint8Array {
    const root = tree === null ? new Uint8Array(0) : this.#treeHash(tree);
    const output = tweakTapKey(this.#bytes(key, true), root);
    if (output === null) throw new RangeError("no output key for this internal key");
    return scriptOf(OP_1, output.x);
  }

  #treeHash(tree: TapTree): Uint8Array {
    if ("type" in tree) {
      const leaf = new Writer().u8(LEAF_TAPSCRIPT).varBytes(this.script(tree, true)).finish();
      return taggedHash("TapLeaf", leaf);
    }
    const branches = [this.#treeHash(tree[0]), this.#treeHash(tree[1])].sort(compareBytes);
    return taggedHash("TapBranch", ...branches);
  }
}

function formatNode(node: DescriptorNode, key: (key: KeyExpression) => string): string {
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
