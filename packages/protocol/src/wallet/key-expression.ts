import type { ExtendedKey } from "../crypto/hd-key.ts";
import type { KeyPath } from "./key-path.ts";

/** Fingerprint of a master key and the path from it. */
export interface KeyOrigin {
  /** 8 hex digits. */
  readonly fingerprint: string;
  readonly path: KeyPath;
}

/** A path below an extended key, and the key there; null where no key can be had. */
export interface KeyBranch {
  readonly path: KeyPath;
  readonly key: ExtendedKey | null;
}

/** The same for the extended key that musig() makes of its participants (BIP328). */
export interface MusigBranch extends KeyBranch {
  readonly root: ExtendedKey | null;
}

export type KeySource =
  | {
      readonly type: "constant";
      readonly publicKey: Uint8Array;
      readonly secret: Uint8Array | null;
    }
  | {
      readonly type: "extended";
      readonly key: ExtendedKey;
      /** One for each choice of a multipath step. */
      readonly branches: readonly KeyBranch[];
      readonly wildcard: "none" | "unhardened" | "hardened";
    }
  | {
      /** BIP390 */
      readonly type: "musig";
      readonly participants: readonly KeyExpression[];
      /** One for each choice of a multipath step; empty when nothing is derived from the aggregate. */
      readonly branches: readonly MusigBranch[];
      readonly wildcard: "none" | "unhardened";
    };

/** A key of a descriptor (BIP380): constant, derived from an extended key at an index, or an aggregate. */
export interface KeyExpression {
  readonly source: KeySource;
  readonly origin: KeyOrigin | null;
  readonly xOnly: boolean;
  readonly mark: "h" | "'";
}

/** How many descriptors a multipath key stands for (BIP389); 1 without multipath. */
export function keyVariants({ source }: KeyExpression): number {
  switch (source.type) {
    case "constant":
      return 1;
    case "extended":
      return source.branches.length;
    case "musig":
      return Math.max(source.branches.length, ...source.participants.map(keyVariants));
  }
}

/** True when each index gives another key. */
export function isRangedKey({ source }: KeyExpression): boolean {
  switch (source.type) {
    case "constant":
      return false;
    case "extended":
      return source.wildcard !== "none";
    case "musig":
      return source.wildcard !== "none" || source.participants.some(isRangedKey);
  }
}

/** True when the secret is known; of an aggregate, that of a participant. */
export function hasSecret({ source }: KeyExpression): boolean {
  switch (source.type) {
    case "constant":
      return source.secret !== null;
    case "extended":
      return source.key.hasSecret;
    case "musig":
      return source.participants.some(hasSecret);
  }
}

/** Bytes of the public key. */
export function keySize({ source }: KeyExpression): number {
  return source.type === "constant" ? source.publicKey.length : 33;
}
