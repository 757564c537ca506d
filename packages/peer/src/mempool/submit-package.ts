import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { checkPackage, isChildWithParents } from "@compeer/protocol/policy/check-package";
import type { MempoolEntry } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";
import type { SubmitResult } from "./mempool-parts.ts";
import { memberOf } from "./package-members.ts";
import {
  type PackageFault,
  type PackageMember,
  type PackageResult,
  packageFault,
} from "./package-result.ts";

/** What taking a package in asks of the mempool. */
export interface PackageSteps {
  get(txidKey: string): MempoolEntry | undefined;
  getByWtxid(wtxidKey: string): MempoolEntry | undefined;
  /** Takes one in, without making room. */
  submitAlone(tx: TransactionView): Promise<SubmitResult>;
  /** Takes all in or none, without making room. */
  submitTogether(txs: readonly TransactionView[]): Promise<PackageResult>;
  /** Lets go what has no room. */
  limit(): void;
}

/**
 * Takes a child and its parents in: each by itself where that is enough, so that nobody pays for what
 * pays for itself, and what is left together. Core: MemPoolAccept::AcceptPackage.
 */
export async function submitPackage(
  txs: readonly TransactionView[],
  steps: PackageSteps,
): Promise<PackageResult> {
  const malformed = checkPackage(txs) ?? checkTopology(txs);
  if (malformed !== null) return { fault: packageFault("policy", malformed), results: new Map() };
  const single = await submitSingly(txs, steps);
  const together =
    single.isHopeless || single.left.length === 0
      ? { fault: single.isHopeless ? TRANSACTION_FAILED : null, results: new Map() }
      : await submitLeft(single.left, steps);
  steps.limit();
  return stillThere(txs, steps, together.fault, [together.results, single.results]);
}

const TRANSACTION_FAILED = packageFault("transaction", "transaction failed");

interface SingleOutcome {
  readonly results: Map<string, PackageMember>;
  /** What may pass together. */
  readonly left: TransactionView[];
  /** Something failed that no fee of others mends. */
  isHopeless: boolean;
}

function checkTopology(txs: readonly TransactionView[]): "package-not-child-with-parents" | null {
  return txs.length > 1 && !isChildWithParents(txs) ? "package-not-child-with-parents" : null;
}

async function submitSingly(
  txs: readonly TransactionView[],
  steps: PackageSteps,
): Promise<SingleOutcome> {
  const outcome: SingleOutcome = { results: new Map(), left: [], isHopeless: false };
  for (const tx of txs) {
    const key = wtxidKeyOf(tx);
    const known = knownMember(tx, key, steps);
    const member = known ?? memberOf(await steps.submitAlone(tx));
    outcome.results.set(key, member);
    if (member.type !== "invalid") continue;
    if (txs.length > 1 && mayPassTogether(member.fault)) outcome.left.push(tx);
    else outcome.isHopeless = true;
  }
  return outcome;
}

function knownMember(
  tx: TransactionView,
  wtxidKey: string,
  steps: PackageSteps,
): PackageMember | null {
  const entry = steps.getByWtxid(wtxidKey);
  if (entry !== undefined) return { type: "mempool-entry", entry };
  const other = steps.get(hashKey(transactionId(tx)));
  return other === undefined ? null : { type: "different-witness", other };
}

/** A package is only judged otherwise than its members where it comes to fees, and to who is whose parent. */
function mayPassTogether({ kind }: MempoolFault): boolean {
  return kind === "reconsiderable" || kind === "missing-inputs";
}

/** One that is left alone is judged as one: nothing of the package pays for it. */
async function submitLeft(
  left: readonly TransactionView[],
  steps: PackageSteps,
): Promise<PackageResult> {
  const [tx] = left;
  if (left.length > 1 || tx === undefined) return steps.submitTogether(left);
  const member = memberOf(await steps.submitAlone(tx));
  const fault = member.type === "invalid" ? TRANSACTION_FAILED : null;
  return { fault, results: new Map([[wtxidKeyOf(tx), member]]) };
}

/** Making room may have taken out again what came in, or was in. */
function stillThere(
  txs: readonly TransactionView[],
  steps: PackageSteps,
  early: PackageFault | null,
  sources: readonly ReadonlyMap<string, PackageMember>[],
): PackageResult {
  const results = new Map<string, PackageMember>();
  let fault = early;
  for (const tx of txs) {
    const key = wtxidKeyOf(tx);
    const member = sources.find((source) => source.has(key))?.get(key);
    if (member === undefined) continue;
    const isGone = member.type !== "invalid" && steps.get(hashKey(transactionId(tx))) === undefined;
    if (isGone) fault = TRANSACTION_FAILED;
    const full = mempoolFault("mempool-policy", "mempool full");
    results.set(key, isGone ? { type: "invalid", fault: full } : member);
  }
  return { fault, results };
}

function wtxidKeyOf(tx: TransactionView): string {
  return hashKey(witnessTransactionId(tx));
}
