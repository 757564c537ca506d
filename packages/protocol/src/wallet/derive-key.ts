import { compareBytes } from "../bytes/compare.ts";
import { encodeHex } from "../bytes/hex.ts";
import { aggregatePublicKeys } from "../crypto/aggregate-keys.ts";
import { hash160 } from "../crypto/hash160.ts";
import { type ExtendedKey, HARDENED } from "../crypto/hd-key.ts";
import type { KeyBranch, KeyExpression, KeyOrigin, KeySource } from "./key-expression.ts";
import type { KeyPath } from "./key-path.ts";

/** The key that an expression means at one index. */
export interface DerivedKey {
  /** 33 or 65 bytes; with `xOnly` the first byte does not count. */
  readonly publicKey: Uint8Array;
  readonly xOnly: boolean;
  readonly secret: Uint8Array | null;
  readonly origin: KeyOrigin;
}

/**
 * The key at `index` of a multipath `variant`.
 *
 * @throws RangeError when a hardened step is asked of an extended public key, or one too deep
 */
export function deriveKey(key: KeyExpression, variant: number, index: number): DerivedKey {
  const { source, xOnly, origin } = key;
  const { publicKey, secret, root, path } = deriveSource(source, variant, index);
  const start = origin ?? { fingerprint: root(), path: [] };
  return {
    publicKey,
    xOnly,
    secret,
    origin: { fingerprint: start.fingerprint, path: [...start.path, ...path] },
  };
}

interface Derived {
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array | null;
  /** Fingerprint of the key that the path starts from. */
  readonly root: () => string;
  readonly path: KeyPath;
}

function deriveSource(source: KeySource, variant: number, index: number): Derived {
  switch (source.type) {
    case "constant":
      return { ...source, root: () => keyFingerprint(source.publicKey), path: [] };
    case "extended": {
      const branch = source.branches[variant % source.branches.length] as KeyBranch;
      return deriveBranch(branch, source.key, source.wildcard, index);
    }
    case "musig": {
      const branch = source.branches[variant % source.branches.length];
      if (branch !== undefined) return deriveBranch(branch, branch.root, source.wildcard, index);
      const aggregate = aggregateKey(source.participants, variant, index);
      return {
        publicKey: aggregate,
        secret: null,
        root: () => keyFingerprint(aggregate),
        path: [],
      };
    }
  }
}

function deriveBranch(
  branch: KeyBranch,
  root: ExtendedKey | null,
  wildcard: "none" | "unhardened" | "hardened",
  index: number,
): Derived {
  if (branch.key === null || root === null) throw new RangeError("no key at the end of this path");
  const fingerprint = (): string => root.fingerprint.toString(16).padStart(8, "0");
  if (wildcard === "none") {
    const { publicKey, secret } = branch.key;
    return { publicKey, secret, root: fingerprint, path: branch.path };
  }
  const last = wildcard === "hardened" ? index + HARDENED : index;
  const { publicKey, secret } = branch.key.child(last);
  return { publicKey, secret, root: fingerprint, path: [...branch.path, last] };
}

function keyFingerprint(publicKey: Uint8Array): string {
  return encodeHex(hash160(publicKey).subarray(0, 4));
}

/** The aggregate of participants, whose keys are sorted for it (BIP390). @throws RangeError when there is none */
export function aggregateKey(
  participants: readonly KeyExpression[],
  variant: number,
  index: number,
): Uint8Array {
  const keys = participants.map((key) => deriveKey(key, variant, index).publicKey);
  const aggregate = aggregatePublicKeys(keys.sort(compareBytes));
  if (aggregate === null) throw new RangeError("no aggregate of these keys");
  return aggregate;
}
