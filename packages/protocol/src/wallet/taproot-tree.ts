import { concatBytes } from "../bytes/compare.ts";
import { tweakTapKey } from "../crypto/keys.ts";
import { tapBranchHash, tapLeafHash } from "../script/taproot-spend.ts";

/** BIP342 */
const LEAF_TAPSCRIPT = 0xc0;

/** A tapscript of an output, and what proves that it is one of its scripts (BIP341). */
interface TaprootLeaf {
  readonly script: Uint8Array;
  readonly version: number;
  readonly depth: number;
  readonly controlBlock: Uint8Array;
  readonly hash: Uint8Array;
}

/** The keys and scripts of a taproot output. */
export interface TaprootTree {
  /** 32 bytes. */
  readonly internalKey: Uint8Array;
  /** Null without scripts. */
  readonly merkleRoot: Uint8Array | null;
  /** 32 bytes. */
  readonly outputKey: Uint8Array;
  /** From left to right. */
  readonly leaves: readonly TaprootLeaf[];
}

/** A script, or two branches. */
export type ScriptTree = Uint8Array | readonly [ScriptTree, ScriptTree];

/** A leaf with the hashes that lead from it to the root. */
interface Climb {
  readonly script: Uint8Array;
  readonly hash: Uint8Array;
  readonly path: Uint8Array[];
}

/** @throws RangeError when the internal key is no key */
export function buildTaprootTree(internalKey: Uint8Array, tree: ScriptTree | null): TaprootTree {
  const climbs: Climb[] = [];
  const merkleRoot = tree === null ? null : climb(tree, climbs);
  const output = tweakTapKey(internalKey, merkleRoot ?? new Uint8Array(0));
  if (output === null) throw new RangeError("no output key for this internal key");
  const first = Uint8Array.of(LEAF_TAPSCRIPT | output.parity);
  const leaves = climbs.map(({ script, hash, path }) => ({
    script,
    version: LEAF_TAPSCRIPT,
    depth: path.length,
    controlBlock: concatBytes(first, internalKey, ...path),
    hash,
  }));
  return { internalKey, merkleRoot, outputKey: output.x, leaves };
}

/** Hash of a subtree. Its leaves are appended to `climbs`. */
function climb(tree: ScriptTree, climbs: Climb[]): Uint8Array {
  if (tree instanceof Uint8Array) {
    const hash = tapLeafHash(LEAF_TAPSCRIPT, tree);
    climbs.push({ script: tree, hash, path: [] });
    return hash;
  }
  const start = climbs.length;
  const left = climb(tree[0], climbs);
  const middle = climbs.length;
  const right = climb(tree[1], climbs);
  for (let i = start; i < climbs.length; i++)
    (climbs[i] as Climb).path.push(i < middle ? right : left);
  return tapBranchHash(left, right);
}
