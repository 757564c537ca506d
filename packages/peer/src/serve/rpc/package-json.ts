import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { compareBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { formatFault } from "@compeer/protocol/consensus/fault";
import { ratePerKvb } from "@compeer/protocol/policy/fee-rate";
import { amountJson } from "@compeer/protocol/rpc/amount";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import type { PackageMember, PackageResult } from "../../mempool/package-result.ts";

/** What became of each transaction of a package. Core: submitpackage. */
export function packageJson(
  txs: readonly TransactionView[],
  { fault, results }: PackageResult,
): JsonOut {
  const members: [string, JsonOut][] = txs.map((tx) => {
    const wtxid = witnessTransactionId(tx);
    const member = results.get(hashKey(wtxid));
    return [formatHash(wtxid), { txid: formatHash(transactionId(tx)), ...memberJson(member) }];
  });
  return {
    package_msg: fault === null ? "success" : formatFault(fault),
    "tx-results": new JsonObject(members),
    "replaced-transactions": replacedTxids(results.values()),
  };
}

/** What a member that may enter pays, and what it was weighed by. */
export function memberFees({
  entry,
  feeSize,
  includes,
}: Extract<PackageMember, { type: "valid" }>): JsonOut {
  return {
    base: amountJson(entry.fee),
    "effective-feerate": amountJson(ratePerKvb(feeSize.fee, feeSize.size)),
    "effective-includes": includes.map(formatHash),
  };
}

function memberJson(member: PackageMember | undefined): {
  readonly [name: string]: JsonOut | undefined;
} {
  switch (member?.type) {
    case undefined:
      return { error: "package-not-validated" };
    case "different-witness":
      return { "other-wtxid": formatHash(member.other.wtxid) };
    case "invalid":
      return { error: formatFault(member.fault) };
    case "valid":
      return { vsize: member.entry.vsize, fees: memberFees(member) };
    case "mempool-entry":
      return { vsize: member.entry.vsize, fees: { base: amountJson(member.entry.fee) } };
  }
}

function replacedTxids(members: Iterable<PackageMember>): string[] {
  const txids = new Map<string, Uint8Array>();
  for (const member of members)
    if (member.type === "valid")
      for (const { txid, txidKey } of member.replaced) txids.set(txidKey, txid);
  return [...txids.values()].sort(compareBytes).map(formatHash);
}
