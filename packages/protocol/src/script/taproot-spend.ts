import { compareBytes } from "../bytes/compare.ts";
import { compactSizeLength, Writer } from "../bytes/writer.ts";
import { sha256 } from "../crypto/sha256.ts";
import { taggedHash } from "../crypto/tagged-hash.ts";

/** Leaf version of tapscript (BIP342). */
export const TAPSCRIPT_LEAF = 0xc0;
/** First byte of an annex (BIP341). */
export const ANNEX_TAG = 0x50;

const CONTROL_BASE_SIZE = 33;
const CONTROL_NODE_SIZE = 32;
const CONTROL_MAX_SIZE = CONTROL_BASE_SIZE + 128 * CONTROL_NODE_SIZE;

/** Each check of a non-empty signature in tapscript takes this much of the budget (BIP342). */
const WEIGHT_PER_SIGNATURE = 50;
/** What a tapscript has beyond the size of its witness (BIP342). */
const WEIGHT_OFFSET = 50;

const NO_CODE_SEPARATOR = 0xffffffff;

/** What the signatures of one taproot input know beside the transaction. Core: ScriptExecutionData. */
export class TaprootSpend {
  /** Hash of the annex with its length, null without one. */
  readonly annexHash: Uint8Array | null;
  /** Hash of the leaf that is run, null when the key itself signs. */
  readonly leafHash: Uint8Array | null;
  /** Number of the last executed OP_CODESEPARATOR among the opcodes. */
  codeSeparator: number = NO_CODE_SEPARATOR;
  /** Hash of the one output that SIGHASH_SINGLE covers, once it was needed. */
  outputHash: Uint8Array | null = null;
  #weightLeft: number;

  constructor(annexHash: Uint8Array | null, leafHash: Uint8Array | null, witnessSize: number) {
    this.annexHash = annexHash;
    this.leafHash = leafHash;
    this.#weightLeft = witnessSize + WEIGHT_OFFSET;
  }

  /** Takes a signature check out of the budget; false when it is used up. */
  takeSignature(): boolean {
    this.#weightLeft -= WEIGHT_PER_SIGNATURE;
    return this.#weightLeft >= 0;
  }
}

/** BIP341: sha_annex. */
export function hashAnnex(annex: Uint8Array): Uint8Array {
  return sha256(new Writer(annex.length + 5).varBytes(annex).finish());
}

/** BIP341: hash of a leaf of the script tree. Core: ComputeTapleafHash. */
export function tapLeafHash(leafVersion: number, script: Uint8Array): Uint8Array {
  const head = new Writer(6).u8(leafVersion).compactSize(script.length).finish();
  return taggedHash("TapLeaf", head, script);
}

/** BIP341: hash of a branch, whose two sides go in the order of their bytes. Core: ComputeTapbranchHash. */
export function tapBranchHash(a: Uint8Array, b: Uint8Array): Uint8Array {
  return compareBytes(a, b) < 0 ? taggedHash("TapBranch", a, b) : taggedHash("TapBranch", b, a);
}

/** Whether a control block is an internal key and 0 to 128 nodes. */
export function isControlBlockSize(length: number): boolean {
  return (
    length >= CONTROL_BASE_SIZE &&
    length <= CONTROL_MAX_SIZE &&
    (length - CONTROL_BASE_SIZE) % CONTROL_NODE_SIZE === 0
  );
}

/** Root of the script tree that a control block leads to from a leaf. Core: ComputeTaprootMerkleRoot. */
export function taprootMerkleRoot(control: Uint8Array, leafHash: Uint8Array): Uint8Array {
  let root = leafHash;
  for (let at = CONTROL_BASE_SIZE; at < control.length; at += CONTROL_NODE_SIZE)
    root = tapBranchHash(root, control.subarray(at, at + CONTROL_NODE_SIZE));
  return root;
}

/** Bytes that a witness stack takes in a transaction. */
export function witnessSize(witness: readonly Uint8Array[]): number {
  let size = compactSizeLength(witness.length);
  for (const item of witness) size += compactSizeLength(item.length) + item.length;
  return size;
}
