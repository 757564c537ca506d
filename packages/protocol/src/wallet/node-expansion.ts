import { compareBytes } from "../bytes/compare.ts";
import { hash160 } from "../crypto/hash160.ts";
import { sha256 } from "../crypto/sha256.ts";
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
import { type DerivedKey, deriveKey } from "./derive-key.ts";
import type { DescriptorNode, TapTree } from "./descriptor-node.ts";
import type { KeyExpression } from "./key-expression.ts";
import { miniscriptScript } from "./miniscript-script.ts";
import { buildTaprootTree, type ScriptTree, type TaprootTree } from "./taproot-tree.ts";

/** The nodes of a descriptor at one index. Each key is derived once: that is what takes time. */
export class NodeExpansion {
  readonly #variant: number;
  readonly #index: number;
  readonly #derived = new Map<KeyExpression, DerivedKey>();

  constructor(variant: number, index: number) {
    this.#variant = variant;
    this.#index = index;
  }

  /** @throws RangeError when a hardened step lacks its secret */
  derive(key: KeyExpression): DerivedKey {
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    const derived = deriveKey(key, this.#variant, this.#index);
    this.#derived.set(key, derived);
    return derived;
  }

  #bytes(key: KeyExpression, xOnly = false): Uint8Array {
    const { publicKey } = this.derive(key);
    return xOnly ? publicKey.subarray(1) : publicKey;
  }

  /** The script that a node means; in tapscripts keys have 32 bytes. */
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
        return scriptOf(OP_1, this.taproot(node.key, node.tree).outputKey);
      case "miniscript":
        return miniscriptScript(node.root, {
          key: (key) => this.#bytes(key, tapscript),
          keyHash: (key) => hash160(this.#bytes(key, tapscript)),
        });
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

  /** Keys and scripts of a tr(). */
  taproot(key: KeyExpression, tree: TapTree | null): TaprootTree {
    return buildTaprootTree(this.#bytes(key, true), tree === null ? null : this.#scripts(tree));
  }

  #scripts(tree: TapTree): ScriptTree {
    if ("type" in tree) return this.script(tree, true);
    return [this.#scripts(tree[0]), this.#scripts(tree[1])];
  }
}
