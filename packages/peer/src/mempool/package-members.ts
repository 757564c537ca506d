import { witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { packageRate } from "./accept-together.ts";
import type { PackageVerdict } from "./acceptor.ts";
import type { MempoolEntry } from "./mempool-entry.ts";
import type { SubmitResult } from "./mempool-parts.ts";
import type { PackageMember, PackageResult } from "./package-result.ts";

/** What became of one that was judged by itself. */
export function memberOf({ fault, entry, replaced }: SubmitResult): PackageMember {
  if (fault !== null) return { type: "invalid", fault };
  if (entry === null) throw new Error("neither taken nor refused");
  const feeSize = { fee: entry.modifiedFee, size: entry.vsize };
  return { type: "valid", entry, replaced, feeSize, includes: [entry.wtxid] };
}

/** What became of entries that came in together, weighed as one. */
export function membersTogether(
  entries: readonly MempoolEntry[],
  removed: ReadonlySet<MempoolEntry>,
): PackageResult {
  const feeSize = packageRate(entries);
  const includes = entries.map(({ wtxid }) => wtxid);
  const results = new Map<string, PackageMember>();
  for (const [position, entry] of entries.entries()) {
    // The first is told of all that had to go.
    const replaced = position === 0 ? [...removed] : [];
    results.set(entry.wtxidKey, { type: "valid", entry, replaced, feeSize, includes });
  }
  return { fault: null, results };
}

/** What is known of members when a package failed: at most who failed it. */
export function membersOfFailed({
  fault,
  failed,
}: Exclude<PackageVerdict, { fault: null }>): PackageResult {
  const results = new Map<string, PackageMember>();
  if (failed !== null)
    results.set(hashKey(witnessTransactionId(failed.tx)), { type: "invalid", fault: failed.fault });
  return { fault, results };
}

/** What would become of members by themselves, and who failed. */
export function membersTested(verdict: PackageVerdict): PackageResult {
  const results = new Map<string, PackageMember>(
    verdict.fault === null ? [] : membersOfFailed(verdict).results,
  );
  for (const entry of verdict.entries)
    results.set(entry.wtxidKey, memberOf({ fault: null, entry, replaced: [] }));
  return { fault: verdict.fault, results };
}
