import { equalBytes } from "../bytes/compare.ts";
import type { Sha256 } from "../crypto/sha256.ts";
import {
  beginSignatureHash,
  endSignatureHash,
  isHashOfOne,
  signatureHashLegacy,
  signatureHashV0,
} from "./signature-hash.ts";
import {
  OUTPUT_BITS,
  SIGHASH_ANYONECANPAY,
  SIGHASH_NONE,
  SIGHASH_SINGLE,
} from "./signature-hash-type.ts";
import type { TransactionContext } from "./transaction-context.ts";

/** A hash made before in the same script, and of which part of it. */
interface KnownHash {
  readonly scriptCode: Uint8Array;
  readonly type: number;
  readonly hash: Uint8Array;
  /** Begun when a second type asks for the same message. */
  begun: Sha256 | null;
}

/**
 * The hashes that signatures of one script sign. They often ask for the same again, and in a large
 * transaction each costs as much as all of it (CVE-2013-2292). The type is hashed last, and all but
 * three of its bits change nothing before it: so whatever types signatures name, what they cover is
 * hashed at most twice, once for the first type and once for all others of its kind.
 * Core: SigHashCache.
 */
export class SignatureHashCache {
  readonly #known: (KnownHash | undefined)[] = new Array(6);

  /** What an ECDSA signature of this type signs. */
  hash(
    context: TransactionContext,
    input: number,
    version: "base" | "witness-v0",
    scriptCode: Uint8Array,
    type: number,
  ): Uint8Array {
    const kind = kindOf(type);
    const known = this.#known[kind];
    if (known !== undefined && isSame(known.scriptCode, scriptCode)) {
      if (known.type === type || (version === "base" && isHashOfOne(context.tx, input, type)))
        return known.hash;
      known.begun ??= beginSignatureHash(context, input, version, scriptCode, type);
      return endSignatureHash(known.begun, type);
    }
    const make = version === "base" ? signatureHashLegacy : signatureHashV0;
    const hash = make(context, input, scriptCode, type);
    this.#known[kind] = { scriptCode, type, hash, begun: null };
    return hash;
  }
}

/** Types of one kind cover the same. */
function kindOf(type: number): number {
  const outputs = type & OUTPUT_BITS;
  const covered = outputs === SIGHASH_SINGLE ? 2 : outputs === SIGHASH_NONE ? 1 : 0;
  return covered + ((type & SIGHASH_ANYONECANPAY) !== 0 ? 3 : 0);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || equalBytes(a, b);
}
