import { tapLeafHash } from "../script/taproot-spend.ts";
import { decodeMiniscript } from "./decode-miniscript.ts";
import { satisfyMiniscript } from "./satisfy-miniscript.ts";

/** What can be shown to satisfy a script: signatures, preimages, and the locks of the transaction. */
export interface Satisfier {
  /** DER and the byte of the signature hash type. */
  ecdsa(publicKey: Uint8Array): Uint8Array | null;
  /** 64 or 65 bytes. */
  schnorr(xOnly: Uint8Array, leafHash: Uint8Array): Uint8Array | null;
  /** The key, 33 bytes or 32 in tapscript, whose HASH160 this is. */
  keyOfHash(hash160: Uint8Array): Uint8Array | null;
  preimage(
    kind: "sha256" | "hash256" | "ripemd160" | "hash160",
    hash: Uint8Array,
  ): Uint8Array | null;
  /** Whether the transaction's lock time satisfies OP_CHECKLOCKTIMEVERIFY of this number. */
  isAfter(lockTime: number): boolean;
  /** Whether the input's sequence satisfies OP_CHECKSEQUENCEVERIFY of this number. */
  isOlder(sequence: number): boolean;
}

/** BIP342 */
const LEAF_TAPSCRIPT = 0xc0;
/** Size of the hash of a key, which stands for the key of a pk_h(). */
const HASH_SIZE = 20;

/**
 * The stack that satisfies a witness script or tapscript, without the script itself: the smallest that
 * nobody else can change. Null when there is none (yet), or the script is no miniscript.
 */
export function satisfyScript(
  script: Uint8Array,
  context: "wsh" | "tapscript",
  satisfier: Satisfier,
): readonly Uint8Array[] | null {
  const root = decodeMiniscript(script, context);
  if (root === null) return null;
  const leafHash = context === "tapscript" ? tapLeafHash(LEAF_TAPSCRIPT, script) : null;
  const keyBytes = (key: Uint8Array): Uint8Array | null =>
    key.length === HASH_SIZE ? satisfier.keyOfHash(key) : key;
  return satisfyMiniscript(root, {
    signature(key) {
      const bytes = keyBytes(key);
      if (bytes === null) return null;
      return leafHash === null ? satisfier.ecdsa(bytes) : satisfier.schnorr(bytes, leafHash);
    },
    keyBytes,
    preimage: (kind, hash) => satisfier.preimage(kind, hash),
    isAfter: (lockTime) => satisfier.isAfter(lockTime),
    isOlder: (sequence) => satisfier.isOlder(sequence),
  });
}
