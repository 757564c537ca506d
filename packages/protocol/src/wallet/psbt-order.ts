import { compareBytes, concatBytes } from "../bytes/compare.ts";
import { encodeHex } from "../bytes/hex.ts";
import { hash160 } from "../crypto/hash160.ts";
import type {
  PreimageKind,
  PsbtDerivation,
  PsbtPartialSignature,
  PsbtPreimage,
  PsbtRecord,
  PsbtTapDerivation,
  PsbtTapLeafScript,
  PsbtTapScriptSignature,
  PsbtXpub,
} from "./psbt.ts";
import { encodeOrigin } from "./psbt-origin.ts";

/** What tells the entries of a list apart, and how they are ordered when written. */
export interface EntryKeys<T> {
  /** Two entries with the same are the same field. */
  readonly id: (entry: T) => Uint8Array;
  readonly compare: (a: T, b: T) => number;
}

function byBytes<T>(id: (entry: T) => Uint8Array): EntryKeys<T> {
  return { id, compare: (a, b) => compareBytes(id(a), id(b)) };
}

const KINDS: readonly PreimageKind[] = ["ripemd160", "sha256", "hash160", "hash256"];

export const RECORDS: EntryKeys<PsbtRecord> = byBytes(({ key }) => key);
/** Core orders them by the hash of the key. */
export const PARTIAL_SIGNATURES: EntryKeys<PsbtPartialSignature> = {
  id: ({ publicKey }) => publicKey,
  compare: (a, b) => compareBytes(hash160(a.publicKey), hash160(b.publicKey)),
};
export const DERIVATIONS: EntryKeys<PsbtDerivation> = byBytes(({ publicKey }) => publicKey);
export const PREIMAGES: EntryKeys<PsbtPreimage> = byBytes(({ kind, hash }) =>
  concatBytes(Uint8Array.of(KINDS.indexOf(kind)), hash),
);
export const TAP_SCRIPT_SIGNATURES: EntryKeys<PsbtTapScriptSignature> = byBytes(
  ({ publicKey, leafHash }) => concatBytes(publicKey, leafHash),
);
export const TAP_DERIVATIONS: EntryKeys<PsbtTapDerivation> = byBytes(({ publicKey }) => publicKey);
export const TAP_LEAF_SCRIPTS: EntryKeys<PsbtTapLeafScript> = {
  id: ({ controlBlock }) => controlBlock,
  compare: (a, b) =>
    compareBytes(a.script, b.script) ||
    a.version - b.version ||
    a.controlBlock.length - b.controlBlock.length ||
    compareBytes(a.controlBlock, b.controlBlock),
};
export const XPUBS: EntryKeys<PsbtXpub> = { id: ({ xpub }) => xpub, compare: compareXpubs };

/** By origin: fingerprint, number of steps, steps; then by public key and chain code. */
function compareXpubs(a: PsbtXpub, b: PsbtXpub): number {
  const steps = a.origin.path.length - b.origin.path.length;
  const fingerprint = a.origin.fingerprint.localeCompare(b.origin.fingerprint);
  if (fingerprint !== 0 || steps !== 0) return fingerprint || steps;
  for (const [i, step] of a.origin.path.entries()) {
    const difference = step - (b.origin.path[i] as number);
    if (difference !== 0) return difference;
  }
  return (
    compareBytes(a.xpub.subarray(45), b.xpub.subarray(45)) ||
    compareBytes(a.xpub.subarray(13, 45), b.xpub.subarray(13, 45)) ||
    compareBytes(encodeOrigin(a.origin), encodeOrigin(b.origin))
  );
}

/** Both lists in order; where both have an entry, the one of `first` stays. */
export function joinEntries<T>(
  keys: EntryKeys<T>,
  first: readonly T[],
  second: readonly T[],
): readonly T[] {
  if (second.length === 0) return first;
  const joined = new Map<string, T>();
  for (const entry of [...first, ...second]) {
    const id = encodeHex(keys.id(entry));
    if (!joined.has(id)) joined.set(id, entry);
  }
  return [...joined.values()].sort(keys.compare);
}
