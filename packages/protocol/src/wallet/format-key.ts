import { encodeHex } from "../bytes/hex.ts";
import type { DerivedKey } from "./derive-key.ts";
import type { KeyBranch, KeyExpression } from "./key-expression.ts";
import { formatKeyPath } from "./key-path.ts";

/** Text of the expression with public keys only, as it was written otherwise. */
export function formatKeyExpression(key: KeyExpression, variant: number): string {
  const { source, origin, mark } = key;
  const start = origin ? `[${origin.fingerprint}${formatKeyPath(origin.path, mark)}]` : "";
  if (source.type === "constant") return start + formatPublicKey(source.publicKey, key.xOnly);
  const wildcard = { none: "", unhardened: "/*", hardened: `/*${mark}` }[source.wildcard];
  if (source.type === "musig") {
    const list = source.participants.map((each) => formatKeyExpression(each, variant)).join(",");
    const path = source.branches[variant % source.branches.length]?.path ?? [];
    return `musig(${list})${formatKeyPath(path)}${wildcard}`;
  }
  const { path } = source.branches[variant % source.branches.length] as KeyBranch;
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
