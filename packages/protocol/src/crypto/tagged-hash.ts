import { Sha256, sha256 } from "./sha256.ts";

/** Per tag the hash of its first block, which every message under it shares. */
const prefixes = new Map<string, Sha256>();

/** SHA256(SHA256(tag) || SHA256(tag) || parts) of BIP340. Tags are few and fixed: each is kept. */
export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  let prefix = prefixes.get(tag);
  if (prefix === undefined) {
    const tagHash = sha256(Uint8Array.from(tag, (character) => character.charCodeAt(0)));
    prefix = new Sha256().update(tagHash).update(tagHash);
    prefixes.set(tag, prefix);
  }
  const hash = prefix.clone();
  for (const part of parts) hash.update(part);
  return hash.digest();
}
