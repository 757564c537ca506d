import { formatHash } from "@compeer/protocol/bytes/hash";
import { checkMaxRate } from "./accept.ts";
import type { AcceptContext, Candidate } from "./candidate.ts";
import { clustersWith } from "./cluster-limits.ts";
import { checkDustSpent } from "./ephemeral-dust.ts";
import { type MempoolEntry, relatives } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";
import { checkDiagram, checkReplacement } from "./replacement.ts";

type AloneVerdict =
  | {
      readonly fault: null;
      /** What must go first. */
      readonly removed: ReadonlySet<MempoolEntry>;
    }
  | { readonly fault: MempoolFault };

/** Whether a candidate may enter by itself, scripts aside. Core: AcceptSingleTransactionInternal. */
export function acceptAlone(candidate: Candidate, context: AcceptContext): AloneVerdict {
  const { entry, conflicts } = candidate;
  const { pool, options } = context;
  const replaces = conflicts.size > 0;
  const removed = pool.withDescendants(conflicts);
  const refused = replaces ? checkReplacement(candidate, removed, options) : null;
  if (refused !== null) return { fault: refused };
  const clusters = clustersWith([entry], removed, options);
  if (clusters === null) return { fault: mempoolFault("mempool-policy", "too-large-cluster") };
  const fault =
    (replaces ? checkImprovement(candidate, removed, clusters) : null) ??
    checkDisjoint(entry, conflicts) ??
    checkMaxRate(entry, context.maxFeeRate) ??
    (options.requireStandard ? checkDustSpent(entry, options.dustRate) : null);
  return fault === null ? { fault, removed } : { fault };
}

function checkImprovement(
  candidate: Candidate,
  removed: ReadonlySet<MempoolEntry>,
  clusters: readonly ReadonlySet<MempoolEntry>[],
): MempoolFault | null {
  const detail = checkDiagram([candidate], removed, clusters);
  return detail === null ? null : mempoolFault("reconsiderable", "replacement-failed", detail);
}

/** What it would replace must not be what it spends. Core: EntriesAndTxidsDisjoint. */
function checkDisjoint(
  entry: MempoolEntry,
  conflicts: ReadonlySet<MempoolEntry>,
): MempoolFault | null {
  if (conflicts.size === 0) return null;
  for (const ancestor of relatives(entry, "parents")) {
    if (!conflicts.has(ancestor)) continue;
    const detail = `${formatHash(entry.txid)} spends conflicting transaction ${formatHash(ancestor.txid)}`;
    return mempoolFault("consensus", "bad-txns-spends-conflicting-tx", detail);
  }
  return null;
}
