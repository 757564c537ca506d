import { compareRates } from "@compeer/protocol/policy/fee-rate";
import { formatRate } from "@compeer/protocol/policy/format-rate";
import { checkReplacementFees } from "@compeer/protocol/policy/replacement";
import { checkMinRates } from "./accept.ts";
import type { AcceptContext, Candidate } from "./candidate.ts";
import { clustersWith } from "./cluster-limits.ts";
import { checkDustSpent } from "./ephemeral-dust.ts";
import type { MempoolEntry } from "./mempool-entry.ts";
import type { MempoolFault } from "./mempool-fault.ts";
import { type PackageFault, packageFault } from "./package-result.ts";
import { checkDiagram, modifiedFees, tooManyClusters } from "./replacement.ts";
import { checkPackageTruc } from "./truc-rules.ts";

/** A fault of the package, and of one member where it is its fault. */
export interface TogetherFault {
  readonly fault: PackageFault;
  readonly member: MempoolEntry | null;
  readonly memberFault: MempoolFault | null;
}

export type TogetherVerdict =
  | {
      readonly fault: null;
      /** What must go first. */
      readonly removed: ReadonlySet<MempoolEntry>;
    }
  | TogetherFault;

/**
 * Whether candidates that know each other may enter together, scripts aside.
 * Core: AcceptMultipleTransactionsInternal.
 *
 * @param candidates parents first, each linked to its parents in the package
 */
export function acceptTogether(
  candidates: readonly Candidate[],
  context: AcceptContext,
): TogetherVerdict {
  const { options, pool } = context;
  const entries = candidates.map(({ entry }) => entry);
  for (const candidate of candidates) {
    const detail = checkPackageTruc(candidate, entries);
    if (detail !== null) return policy("TRUC-violation", detail);
  }
  const unpaid = context.packageRates ? checkPackageRate(entries, context) : null;
  if (unpaid !== null) return transaction("transaction failed", lastOf(entries), unpaid);
  const conflicts = new Set(candidates.flatMap((candidate) => [...candidate.conflicts]));
  const removed = pool.withDescendants(conflicts);
  const refused = conflicts.size === 0 ? null : checkPackageFees(candidates, removed, context);
  if (refused !== null) return refused;
  const clusters = clustersWith(entries, removed, options);
  if (clusters === null) return policy("too-large-cluster");
  const detail = conflicts.size === 0 ? null : checkDiagram(candidates, removed, clusters);
  if (detail !== null) return policy(`package RBF failed: ${detail}`);
  const dust = options.requireStandard ? checkDust(entries, options.dustRate) : null;
  return dust ?? { fault: null, removed };
}

/** The sum of what all pay for the sum of their sizes. */
export function packageRate(entries: readonly MempoolEntry[]): { fee: number; size: number } {
  return {
    fee: modifiedFees(entries),
    size: entries.reduce((sum, { vsize }) => sum + vsize, 0),
  };
}

function checkPackageRate(
  entries: readonly MempoolEntry[],
  context: AcceptContext,
): MempoolFault | null {
  const { fee, size } = packageRate(entries);
  return checkMinRates(fee, size, context);
}

/** A package may only replace as one parent and one child without other relatives. Core: PackageMempoolChecks. */
function checkPackageFees(
  candidates: readonly Candidate[],
  removed: ReadonlySet<MempoolEntry>,
  { options }: AcceptContext,
): TogetherFault | null {
  const [parent, child] = candidates;
  if (candidates.length !== 2 || parent === undefined || child === undefined)
    return policy("package RBF failed: package must be 1-parent-1-child");
  if (candidates.some(({ pooledParents }) => pooledParents.size > 0))
    return policy("package RBF failed: new transaction cannot have mempool ancestors");
  const conflicts = new Set([...parent.conflicts, ...child.conflicts]);
  const tooMany = tooManyClusters(child.entry, conflicts);
  if (tooMany !== null)
    return policy("package RBF failed: too many potential replacements", tooMany);
  const { fee: fees, size: vsize } = packageRate([parent.entry, child.entry]);
  const { txid } = child.entry;
  const replacedFees = modifiedFees(removed);
  const unpaid = checkReplacementFees({ txid, fees, vsize, replacedFees }, options.incrementalRate);
  if (unpaid !== null) return policy("package RBF failed: insufficient anti-DoS fees", unpaid);
  return checkChildPays(parent.entry, child.entry);
}

/** The child must lift its parent, or it would only pay for the replacement and not be mined with it. */
function checkChildPays(parent: MempoolEntry, child: MempoolEntry): TogetherFault | null {
  const own = { fee: parent.modifiedFee, size: parent.vsize };
  const both = packageRate([parent, child]);
  if (compareRates(both, own) > 0) return null;
  const detail = `package feerate ${formatRate(both)} <= parent feerate is ${formatRate(own)}`;
  return policy(
    "package RBF failed: package feerate is less than or equal to parent feerate",
    detail,
  );
}

function checkDust(entries: readonly MempoolEntry[], dustRate: number): TogetherFault | null {
  for (const entry of entries) {
    const fault = checkDustSpent(entry, dustRate);
    if (fault !== null) return transaction("unspent-dust", entry, fault);
  }
  return null;
}

function policy(reason: string, detail = ""): TogetherFault {
  return { fault: packageFault("policy", reason, detail), member: null, memberFault: null };
}

function transaction(
  reason: string,
  member: MempoolEntry,
  memberFault: MempoolFault,
): TogetherFault {
  return { fault: packageFault("transaction", reason), member, memberFault };
}

function lastOf(entries: readonly MempoolEntry[]): MempoolEntry {
  return entries[entries.length - 1] as MempoolEntry;
}
