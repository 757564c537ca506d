import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
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
import { clusterWith } from "./cluster-limits.ts";
import { checkDustFee, checkDustSpent } from "./ephemeral-dust.ts";
import { MempoolEntry, relatives } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";
import type { MempoolOptions } from "./mempool-options.ts";
import { checkDiagram, checkReplacement } from "./replacement.ts";
import type { TransactionPool } from "./transaction-pool.ts";
import { checkTruc, TRUC_VERSION } from "./truc-rules.ts";

/** What a verdict rests on besides the transaction and its coins. */
export interface AcceptContext {
  readonly pool: TransactionPool;
  /** Candidates of the same package that passed before, by txid key. */
  readonly inPackage: ReadonlyMap<string, MempoolEntry>;
  readonly options: MempoolOptions;
  readonly tip: ChainPoint;
  /** Seconds since 1970. */
  readonly now: number;
  /** The mempool's sequence number. */
  readonly sequence: number;
  /** The rate that a full mempool asks for, satoshis per 1000 virtual bytes. */
  readonly minFeeRate: Sats;
  readonly delta: Sats;
  /** For what comes back out of a block: no fee is asked, no version 3 rule applied. */
  readonly bypassLimits: boolean;
  readonly allowReplacement: boolean;
  /** Highest rate that the sender means to pay; null for any. */
  readonly maxFeeRate: Sats | null;
}

/** The entry that may be added once `removed` are gone, or the first rule that forbids it. */
export type AcceptVerdict =
  | {
      readonly fault: null;
      readonly entry: MempoolEntry;
      readonly removed: ReadonlySet<MempoolEntry>;
    }
  | {
      readonly fault: MempoolFault;
    };

/** What can be said without the coins. Core: the first half of MemPoolAccept::PreChecks. */
export function checkBeforeCoins(tx: TransactionView, context: AcceptContext): MempoolFault | null {
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
  if (context.pool.getByWtxid(hashKey(witnessTransactionId(tx))) !== undefined)
    return mempoolFault("conflict", "txn-already-in-mempool");
  if (context.pool.get(hashKey(transactionId(tx))) !== undefined)
    return mempoolFault("conflict", "txn-same-nonwitness-data-in-mempool");
  if (!context.allowReplacement && conflictsOf(tx, context.pool).size > 0)
    return mempoolFault("mempool-policy", "bip125-replacement-disallowed");
  return null;
}

/**
 * All the rest but the scripts, which cost most and come last (`checkScripts`). Core: MemPoolAccept.
 *
 * @param coins what it spends, none missing
 */
export function checkWithCoins(
  tx: TransactionView,
  coins: SpentCoins,
  context: AcceptContext,
): AcceptVerdict {
  const { tip, options } = context;
  if (!meetsSequenceLocks(tx, coins, tip))
    return refuse(mempoolFault("premature-spend", "non-BIP68-final"));
  const verdict = checkInputs(tx, coins, tip.height + 1);
  if ("fault" in verdict) return refuse(verdict.fault);
  const nonStandard = options.requireStandard ? checkInputPolicy(tx, coins) : null;
  if (nonStandard !== null) return refuse(nonStandard);
  return checkEntry(newEntry(tx, verdict.fee, coins, context), context);
}

function refuse(fault: MempoolFault): AcceptVerdict {
  return { fault };
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
  fee: Sats,
  coins: SpentCoins,
  context: AcceptContext,
): MempoolEntry {
  const { tip, delta, now, sequence, bypassLimits, options, pool, inPackage } = context;
  let spendsCoinbase = false;
  for (let i = 0; i < tx.inputCount; i++) spendsCoinbase ||= coins.isCoinbase(tx.firstInput + i);
  const entry = new MempoolEntry({
    tx,
    fee,
    delta,
    sigopCost: sigopCost(tx, coins, STANDARD_FLAGS),
    bytesPerSigop: options.bytesPerSigop,
    time: now,
    height: tip.height,
    sequence: bypassLimits ? 0 : sequence,
    spendsCoinbase,
  });
  for (const parent of pool.parentsOf(tx)) entry.parents.add(parent);
  for (let i = 0; i < tx.inputCount; i++) {
    const parent = inPackage.get(hashKey(tx.prevTxid(i)));
    if (parent !== undefined) entry.parents.add(parent);
  }
  return entry;
}

function checkEntry(entry: MempoolEntry, context: AcceptContext): AcceptVerdict {
  const { pool, options } = context;
  const unpaid = checkFees(entry, context);
  if (unpaid !== null) return refuse(unpaid);
  const conflicts = conflictsOf(entry.tx, pool);
  const doubleSpends = conflicts.size;
  const truc = context.bypassLimits ? null : checkTruc(entry, conflicts);
  if (truc !== null && (truc.sibling === null || !context.allowReplacement))
    return refuse(mempoolFault("mempool-policy", "TRUC-violation", truc.detail));
  if (truc?.sibling) conflicts.add(truc.sibling);
  const removed = pool.withDescendants(conflicts);
  const evictsSibling = conflicts.size > doubleSpends;
  const replacement = { entry, conflicts, removed, evictsSibling };
  const refused = conflicts.size > 0 ? checkReplacement(replacement, options) : null;
  if (refused !== null) return refuse(refused);
  const component = clusterWith(entry, removed, options);
  if (component === null) return refuse(mempoolFault("mempool-policy", "too-large-cluster"));
  const fault =
    (conflicts.size > 0 ? checkDiagram(replacement, component) : null) ??
    checkDisjoint(entry, conflicts) ??
    checkMaxRate(entry, context.maxFeeRate) ??
    (options.requireStandard ? checkDustSpent(entry, options.dustRate) : null);
  return fault === null ? { fault, entry, removed } : refuse(fault);
}

function checkFees(entry: MempoolEntry, context: AcceptContext): MempoolFault | null {
  const { options, bypassLimits, minFeeRate } = context;
  const { modifiedFee, vsize } = entry;
  const dust = options.requireStandard ? checkDustFee(entry, options.dustRate) : null;
  if (dust !== null) return dust;
  if (entry.sigopCost > MAX_STANDARD_SIGOPS_COST)
    return mempoolFault("not-standard", "bad-txns-too-many-sigops", String(entry.sigopCost));
  if (bypassLimits) return null;
  const relayFee = feeAt(options.minRelayRate, vsize);
  // A version 3 transaction may enter without a fee, as a package with a child that pays.
  if (entry.tx.version !== TRUC_VERSION && modifiedFee < relayFee)
    return mempoolFault("mempool-policy", "min relay fee not met", `${modifiedFee} < ${relayFee}`);
  const entryFee = feeAt(minFeeRate, vsize);
  if (entryFee > 0 && modifiedFee < entryFee)
    return mempoolFault(
      "reconsiderable",
      "mempool min fee not met",
      `${modifiedFee} < ${entryFee}`,
    );
  if (modifiedFee < relayFee)
    return mempoolFault("reconsiderable", "min relay fee not met", `${modifiedFee} < ${relayFee}`);
  return null;
}

function conflictsOf(tx: TransactionView, pool: TransactionPool): Set<MempoolEntry> {
  const conflicts = new Set<MempoolEntry>();
  for (let i = 0; i < tx.inputCount; i++) {
    const conflict = pool.spender(tx, i);
    if (conflict !== undefined) conflicts.add(conflict);
  }
  return conflicts;
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

function checkMaxRate(entry: MempoolEntry, maxFeeRate: Sats | null): MempoolFault | null {
  if (maxFeeRate === null) return null;
  const { modifiedFee: fee, vsize: size } = entry;
  if (compareRates({ fee, size }, { fee: maxFeeRate, size: 1000 }) <= 0) return null;
  return mempoolFault("mempool-policy", "max feerate exceeded");
}
