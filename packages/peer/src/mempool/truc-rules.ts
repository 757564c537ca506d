import { compareBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import type { Candidate } from "./candidate.ts";
import { type MempoolEntry, relatives } from "./mempool-entry.ts";

export const TRUC_VERSION = 3;
const MAX_VSIZE = 10_000;
const MAX_CHILD_VSIZE = 1_000;

/** What a version 3 rule says against a transaction. */
export interface TrucFault {
  readonly detail: string;
  /** The only other child of its parent: it may be replaced although it spends other outputs. */
  readonly sibling: MempoolEntry | null;
}

/**
 * Topologically restricted until confirmation (BIP431): version 3 transactions stand alone or as one
 * small child of one parent, so that nobody can pin them. Core: SingleTRUCChecks.
 *
 * @param entry a candidate that is not in the pool but knows its parents
 * @param conflicts entries that it replaces
 */
export function checkTruc(
  entry: MempoolEntry,
  conflicts: ReadonlySet<MempoolEntry>,
): TrucFault | null {
  const { parents } = entry;
  const isTruc = entry.tx.version === TRUC_VERSION;
  const mixed = [...parents].filter((parent) => (parent.tx.version === TRUC_VERSION) !== isTruc);
  if (mixed.length > 0) return mixedVersions(entry, mixed);
  if (!isTruc) return null;
  if (entry.vsize > MAX_VSIZE)
    return refuse(
      `version=3 tx ${name(entry)} is too big: ${entry.vsize} > ${MAX_VSIZE} virtual bytes`,
    );
  const [parent] = parents;
  if (parent === undefined) return null;
  if (parents.size > 1 || parent.parents.size > 0) return refuse(tooManyAncestors(entry));
  if (entry.vsize > MAX_CHILD_VSIZE) return refuse(largeChild(entry));
  return checkSiblings(parent, conflicts);
}

/**
 * The same rules where parent or child come in the same package. Call it behind `checkTruc`, which
 * looked at the mempool. Core: PackageTRUCChecks.
 *
 * @param members all of the package, linked to each other
 */
export function checkPackageTruc(
  { entry, pooledParents }: Candidate,
  members: readonly MempoolEntry[],
): string | null {
  const { parents } = entry;
  if (entry.tx.version !== TRUC_VERSION) {
    const mixed = [...parents].find((parent) => parent.tx.version === TRUC_VERSION);
    return mixed === undefined ? null : mixedVersions(entry, [mixed]).detail;
  }
  const [parent] = parents;
  if (parent === undefined) return null;
  const grandparents = pooledParents.size > 0 ? parent.parents.size : 0;
  if (parents.size > 1 || grandparents > 0) return tooManyAncestors(entry);
  if (entry.vsize > MAX_CHILD_VSIZE) return largeChild(entry);
  if (parent.tx.version !== TRUC_VERSION) return mixedVersions(entry, [parent]).detail;
  for (const other of members) {
    if (other === entry) continue;
    if (other.parents.has(parent)) return tooManyDescendants(parent);
    if (other.parents.has(entry)) return tooManyAncestors(other);
  }
  const children = pooledParents.size > 0 ? parent.children.size : 0;
  return children > 0 ? tooManyDescendants(parent) : null;
}

function checkSiblings(
  parent: MempoolEntry,
  conflicts: ReadonlySet<MempoolEntry>,
): TrucFault | null {
  const others = relatives(parent, "children");
  others.delete(parent);
  if (others.size === 0) return null;
  for (const other of others) if (conflicts.has(other)) return null;
  // More than one other, or one with more parents, can only come out of a reorganisation.
  const [only] = others;
  const sibling = others.size === 1 && only?.parents.size === 1 ? only : null;
  return { detail: tooManyDescendants(parent), sibling };
}

function tooManyAncestors(entry: MempoolEntry): string {
  return `tx ${name(entry)} would have too many ancestors`;
}

function tooManyDescendants(parent: MempoolEntry): string {
  return `tx ${name(parent)} would exceed descendant count limit`;
}

function largeChild(entry: MempoolEntry): string {
  const sizes = `${entry.vsize} > ${MAX_CHILD_VSIZE}`;
  return `version=3 child tx ${name(entry)} is too big: ${sizes} virtual bytes`;
}

/** Names the parent whose txid comes first, byte by byte, as Core does. */
function mixedVersions(entry: MempoolEntry, parents: readonly MempoolEntry[]): TrucFault {
  const [own, other] =
    entry.tx.version === TRUC_VERSION
      ? ["version=3", "non-version=3"]
      : ["non-version=3", "version=3"];
  const [first] = parents.toSorted((a, b) => compareBytes(a.txid, b.txid));
  return refuse(
    `${own} tx ${name(entry)} cannot spend from ${other} tx ${name(first as MempoolEntry)}`,
  );
}

function refuse(detail: string): TrucFault {
  return { detail, sibling: null };
}

function name({ txid, wtxid }: MempoolEntry): string {
  return `${formatHash(txid)} (wtxid=${formatHash(wtxid)})`;
}
