import type { Network } from "../bitcoin/network.ts";
import { decodeSecretKey } from "../bitcoin/wif.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex, encodeHex, isHex } from "../bytes/hex.ts";
import { hash160 } from "../crypto/hash160.ts";
import { ExtendedKey, HARDENED } from "../crypto/hd-key.ts";
import { isValidPublicKey, publicKey } from "../crypto/keys.ts";
import { formatKeyPath, type KeyPath, parseKeyPaths } from "./key-path.ts";

/** Where a key expression stands, which decides the forms it may take (BIP380). */
export type KeyContext = "top" | "sh" | "wpkh" | "wsh" | "tr";

/** Fingerprint of a master key and the path from it. */
interface KeyOrigin {
  /** 8 hex digits. */
  readonly fingerprint: string;
  readonly path: KeyPath;
}

/** The key that an expression means at one index. */
export interface DerivedKey {
  /** 33 or 65 bytes; with `xOnly` the 33 bytes have an even y. */
  readonly publicKey: Uint8Array;
  readonly xOnly: boolean;
  readonly secret: Uint8Array | null;
  readonly origin: KeyOrigin;
}

/** A path below an extended key, and the key there; null where no key can be had. */
interface KeyBranch {
  readonly path: KeyPath;
  readonly key: ExtendedKey | null;
}

type Source =
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
    };

/** A key of a descriptor (BIP380): constant, or derived from an extended key at an index. */
export interface KeyExpression {
  readonly source: Source;
  readonly origin: KeyOrigin | null;
  readonly xOnly: boolean;
  readonly mark: "h" | "'";
}

/** @throws DecodeError in Core's words */
export function parseKeyExpression(
  text: string,
  context: KeyContext,
  network: Network,
): KeyExpression {
  const parts = text.split("]");
  if (parts.length > 2) throw new DecodeError("Multiple ']' characters found for a single pubkey");
  const [first = "", second] = parts;
  const mark = text.includes("'") ? "'" : "h";
  if (second === undefined) return { ...parseSource(first, context, network), origin: null, mark };
  return { ...parseSource(second, context, network), origin: parseOrigin(first), mark };
}

function parseOrigin(text: string): KeyOrigin {
  if (!text.startsWith("["))
    throw new DecodeError(
      `Key origin start '[ character expected but not found, got '${text[0] ?? "]"}' instead`,
    );
  const [fingerprint = "", ...steps] = text.slice(1).split("/");
  if (fingerprint.length !== 8)
    throw new DecodeError(
      `Fingerprint is not 4 bytes (${fingerprint.length} characters instead of 8 characters)`,
    );
  if (!isHex(fingerprint)) throw new DecodeError(`Fingerprint '${fingerprint}' is not hex`);
  const [path = []] = parseKeyPaths(steps, false);
  return { fingerprint: fingerprint.toLowerCase(), path };
}

interface ParsedSource {
  readonly source: Source;
  readonly xOnly: boolean;
}

function parseSource(text: string, context: KeyContext, network: Network): ParsedSource {
  const steps = text.split("/");
  const head = steps.shift() ?? "";
  if (head === "") throw new DecodeError("No key provided");
  if (head.trim() !== head) throw new DecodeError(`Key '${head}' is invalid due to whitespace`);
  if (steps.length === 0 && isHex(head)) return constantKey(head, context);
  const secret = steps.length === 0 ? decodeSecretKey(head, network) : null;
  if (secret !== null) {
    refuseUncompressed(secret.compressed, context);
    const key = publicKey(secret.secret, secret.compressed);
    const source: Source = { type: "constant", publicKey: key, secret: secret.secret };
    return { source, xOnly: context === "tr" };
  }
  return { source: extendedKey(head, steps, network), xOnly: context === "tr" };
}

function constantKey(text: string, context: KeyContext): ParsedSource {
  const bytes = decodeHex(text);
  if (bytes.length === 65 && (bytes[0] === 6 || bytes[0] === 7))
    throw new DecodeError("Hybrid public keys are not allowed");
  if (context === "tr" && bytes.length === 32) {
    const even = Uint8Array.of(2, ...bytes);
    if (isValidPublicKey(even))
      return { source: { type: "constant", publicKey: even, secret: null }, xOnly: true };
  }
  if (!isValidPublicKey(bytes)) throw new DecodeError(`Pubkey '${text}' is invalid`);
  refuseUncompressed(bytes.length === 33, context);
  return { source: { type: "constant", publicKey: bytes, secret: null }, xOnly: false };
}

function refuseUncompressed(compressed: boolean, context: KeyContext): void {
  if (!compressed && context !== "top" && context !== "sh")
    throw new DecodeError("Uncompressed keys are not allowed");
}

function extendedKey(text: string, steps: string[], network: Network): Source {
  let key: ExtendedKey;
  try {
    key = ExtendedKey.parse(text, {
      public: network.extendedPublicPrefix,
      private: network.extendedSecretPrefix,
    });
  } catch (cause) {
    throw new DecodeError(`key '${text}' is not valid`, { cause });
  }
  const last = steps.at(-1);
  const wildcard =
    last === "*" ? "unhardened" : last === "*'" || last === "*h" ? "hardened" : "none";
  if (wildcard !== "none") steps.pop();
  const branches = parseKeyPaths(steps, true).map((path) => ({ path, key: keyAt(key, path) }));
  return { type: "extended", key, branches, wildcard };
}

/** Null when a hardened step lacks its secret, or the path leads too deep: such a descriptor is none the less one. */
function keyAt(root: ExtendedKey, path: KeyPath): ExtendedKey | null {
  try {
    return path.reduce((key, step) => key.child(step), root);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** How many descriptors a multipath key stands for (BIP389); 1 without multipath. */
export function keyVariants(key: KeyExpression): number {
  return key.source.type === "extended" ? key.source.branches.length : 1;
}

/** True when each index gives another key. */
export function isRangedKey(key: KeyExpression): boolean {
  return key.source.type === "extended" && key.source.wildcard !== "none";
}

/** True when the secret is known. */
export function hasSecret(key: KeyExpression): boolean {
  return key.source.type === "extended" ? key.source.key.hasSecret : key.source.secret !== null;
}

/**
 * The key at `index` of a multipath `variant`.
 *
 * @throws RangeError when a hardened step is asked of an extended public key, or one too deep
 */
export function deriveKey(key: KeyExpression, variant: number, index: number): DerivedKey {
  const { source, xOnly, origin } = key;
  if (source.type === "constant") {
    const fingerprint = encodeHex(hash160(source.publicKey).subarray(0, 4));
    return {
      publicKey: source.publicKey,
      xOnly,
      secret: source.secret,
      origin: origin ?? { fingerprint, path: [] },
    };
  }
  const branch = source.branches[variant % source.branches.length] as KeyBranch;
  if (branch.key === null) throw new RangeError("no key at the end of this path");
  const last = source.wildcard === "hardened" ? index + HARDENED : index;
  const isRanged = source.wildcard !== "none";
  const child = isRanged ? branch.key.child(last) : branch.key;
  const path = isRanged ? [...branch.path, last] : branch.path;
  const root = origin ?? { fingerprint: hexOfFingerprint(source.key.fingerprint), path: [] };
  return {
    publicKey: child.publicKey,
    xOnly,
    secret: child.secret,
    origin: { fingerprint: root.fingerprint, path: [...root.path, ...path] },
  };
}

function hexOfFingerprint(fingerprint: number): string {
  return fingerprint.toString(16).padStart(8, "0");
}

/** Text of the expression with public keys only, as it was written otherwise. */
export function formatKeyExpression(key: KeyExpression, variant: number): string {
  const { source, origin, mark } = key;
  const start = origin ? `[${origin.fingerprint}${formatKeyPath(origin.path, mark)}]` : "";
  if (source.type === "constant") return start + formatPublicKey(source.publicKey, key.xOnly);
  const { path } = source.branches[variant % source.branches.length] as KeyBranch;
  const wildcard = { none: "", unhardened: "/*", hardened: `/*${mark}` }[source.wildcard];
  return start + source.key.formatPublic() + formatKeyPath(path, mark) + wildcard;
}

/** A derived key with its origin, as a descriptor without derivation names it. */
export function formatDerivedKey(key: DerivedKey): string {
  const { fingerprint, path } = key.origin;
  return `[${fingerprint}${formatKeyPath(path)}]${formatPublicKey(key.publicKey, key.xOnly)}`;
}

function formatPublicKey(bytes: Uint8Array, xOnly: boolean): string {
  return encodeHex(xOnly ? bytes.subarray(1) : bytes);
}
