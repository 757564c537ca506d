import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { checkInputs } from "@compeer/protocol/consensus/check-inputs";
import { checkTransaction } from "@compeer/protocol/consensus/check-transaction";
import { isFinal } from "@compeer/protocol/consensus/lock-time";
import { meetsSequenceLocks } from "@compeer/protocol/consensus/sequence-locks";
import { checkStandard } from "@compeer/protocol/policy/check-standard";
import { hasStandardInputs } from "@compeer/protocol/policy/check-standard-inputs";
import { hasStandardWitness } from "@compeer/protocol/policy/check-standard-witness";
import { compareRates, feeAt } from "@compeer/protocol/policy/fee-rate";
import {
  MAX_STANDARD_SIGOPS_COST,
  MIN_STANDARD_NON_WITNESS_SIZE,
} from "@compeer/protocol/policy/limits";
import { STANDARD_FLAGS } from "@compeer/protocol/script/flags";
import { sigopCost } from "@compeer/protocol/script/sigops";
import type { AcceptContext, CandidateVerdict } from "./candidate.ts";
import { checkDustFee } from "./ephemeral-dust.ts";
import { type EntryIds, MempoolEntry } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";
import type { TransactionPool } from "./transaction-pool.ts";
import { checkTruc, TRUC_VERSION } from "./truc-rules.ts";

/** What can be said without the coins. Core: the first half of MemPoolAccept::PreChecks. */
export function checkBeforeCoins(
  tx: TransactionView,
  ids: EntryIds,
  context: AcceptContext,
): MempoolFault | null {
  const { options, tip } = context;
  const invalid = checkTransaction(tx);
  if (invalid !== null) return invalid;
  if (tx.isCoinbase) return mempoolFault("consensus", "coinbase");
  const nonStandard = options.requireStandard ? checkStandard(tx, options) : null;
  if (nonStandard !== null) return mempoolFault("not-standard", nonStandard);
  if (tx.strippedSize < MIN_STANDARD_NON_WITNESS_SIZE)
    return mempoolFault("not-standard", "tx-size-small");
  if (!isFinal(tx, tip.height + 1, tip.medianTimePast))
    return mempoolFault("premature-spend", "non-final");
  if (context.pool.getByWtxid(ids.wtxidKey) !== undefined)
    return mempoolFault("conflict", "txn-already-in-mempool");
  if (context.pool.get(ids.txidKey) !== undefined)
    return mempoolFault("conflict", "txn-same-nonwitness-data-in-mempool");
  if (!context.allowReplacement && conflictsOf(tx, context.pool).size > 0)
    return mempoolFault("mempool-policy", "bip125-replacement-disallowed");
  return null;
}

/**
 * The second half, which asks for the coins. What depends on the others of a package comes later, the
 * scripts last. Core: the second half of MemPoolAccept::PreChecks.
 *
 * @param coins what it spends, none missing
 */
export function checkWithCoins(
  tx: TransactionView,
  ids: EntryIds,
  coins: SpentCoins,
  context: AcceptContext,
): CandidateVerdict {
  const { tip, options, pool } = context;
  if (!meetsSequenceLocks(tx, coins, tip))
    return { fault: mempoolFault("premature-spend", "non-BIP68-final") };
  const verdict = checkInputs(tx, coins, tip.height + 1);
  if ("fault" in verdict) return verdict;
  const nonStandard = options.requireStandard ? checkInputPolicy(tx, coins) : null;
  if (nonStandard !== null) return { fault: nonStandard };
  const entry = newEntry(tx, ids, verdict.fee, coins, context);
  const unpaid = checkFees(entry, context);
  if (unpaid !== null) return { fault: unpaid };
  const conflicts = conflictsOf(tx, pool);
  const pooledParents = new Set(entry.parents);
  const truc = context.arrival === "block" ? null : checkTruc(entry, conflicts);
  const sibling = context.allowSiblingEviction ? (truc?.sibling ?? null) : null;
  if (truc !== null && sibling === null)
    return { fault: mempoolFault("mempool-policy", "TRUC-violation", truc.detail) };
  if (sibling !== null) conflicts.add(sibling);
  const evictsSibling = sibling !== null;
  return { fault: null, candidate: { entry, coins, conflicts, pooledParents, evictsSibling } };
}

/** The same as a package and as one: nobody pays more than he means to. */
export function checkMaxRate(entry: MempoolEntry, maxFeeRate: Sats | null): MempoolFault | null {
  if (maxFeeRate === null) return null;
  const { modifiedFee: fee, vsize: size } = entry;
  if (compareRates({ fee, size }, { fee: maxFeeRate, size: 1000 }) <= 0) return null;
  return mempoolFault("mempool-policy", "max feerate exceeded");
}

/** The rates that everything in the mempool must reach, alone or as a package. Core: CheckFeeRate. */
export function checkMinRates(
  fee: Sats,
  vsize: number,
  { minFeeRate, options }: AcceptContext,
): MempoolFault | null {
  const entryFee = feeAt(minFeeRate, vsize);
  if (entryFee > 0 && fee < entryFee)
    return mempoolFault("reconsiderable", "mempool min fee not met", `${fee} < ${entryFee}`);
  const relayFee = feeAt(options.minRelayRate, vsize);
  if (fee < relayFee)
    return mempoolFault("reconsiderable", "min relay fee not met", `${fee} < ${relayFee}`);
  return null;
}

function checkInputPolicy(tx: TransactionView, coins: SpentCoins): MempoolFault | null {
  if (!hasStandardInputs(tx, coins))
    return mempoolFault("inputs-not-standard", "bad-txns-nonstandard-inputs");
  if (tx.hasWitness && !hasStandardWitness(tx, coins))
    return mempoolFault("witness-mutated", "bad-witness-nonstandard");
  return null;
}

function newEntry(
  tx: TransactionView,
  ids: EntryIds,
  fee: Sats,
  coins: SpentCoins,
  context: AcceptContext,
): MempoolEntry {
  const { tip, delta, now, sequence, arrival, options, pool } = context;
  let spendsCoinbase = false;
  for (let i = 0; i < tx.inputCount; i++) spendsCoinbase ||= coins.isCoinbase(tx.firstInput + i);
  const entry = new MempoolEntry({
    tx,
    ids,
    fee,
    delta,
    sigopCost: sigopCost(tx, coins, STANDARD_FLAGS),
    bytesPerSigop: options.bytesPerSigop,
    time: now,
    height: tip.height,
    sequence: arrival === "block" ? 0 : sequence,
    arrival,
    spendsCoinbase,
  });
  for (const parent of pool.parentsOf(tx)) entry.parents.add(parent);
  return entry;
}

function checkFees(entry: MempoolEntry, context: AcceptContext): MempoolFault | null {
  const { options, arrival, packageRates } = context;
  const { modifiedFee, vsize } = entry;
  const dust = options.requireStandard ? checkDustFee(entry, options.dustRate) : null;
  if (dust !== null) return dust;
  if (entry.sigopCost > MAX_STANDARD_SIGOPS_COST)
    return mempoolFault("not-standard", "bad-txns-too-many-sigops", String(entry.sigopCost));
  if (arrival === "block") return null;
  const relayFee = feeAt(options.minRelayRate, vsize);
  // Only a version 3 transaction may pay less, with a child that pays: nothing can push that child out alone.
  if (entry.tx.version !== TRUC_VERSION && modifiedFee < relayFee)
    return mempoolFault("mempool-policy", "min relay fee not met", `${modifiedFee} < ${relayFee}`);
  return packageRates ? null : checkMinRates(modifiedFee, vsize, context);
}

function conflictsOf(tx: TransactionView, pool: TransactionPool): Set<MempoolEntry> {
  const conflicts = new Set<MempoolEntry>();
  for (let i = 0; i < tx.inputCount; i++) {
    const conflict = pool.spender(tx, i);
    if (conflict !== undefined) conflicts.add(conflict);
  }
  return conflicts;
}
