import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import { checkBeforeCoins, checkMaxRate, checkWithCoins } from "./accept.ts";
import { acceptAlone } from "./accept-alone.ts";
import { acceptTogether, type TogetherFault } from "./accept-together.ts";
import type { AcceptContext, Candidate, CandidateVerdict } from "./candidate.ts";
import { checkScripts } from "./check-scripts.ts";
import { hasAllCoins, loadCoins } from "./load-coins.ts";
import { idsOf, type MempoolEntry } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";
import type { MempoolOptions } from "./mempool-options.ts";
import type { MempoolChain } from "./mempool-parts.ts";
import { packageFault } from "./package-result.ts";
import type { TransactionPool } from "./transaction-pool.ts";

/** Outputs that are looked up to tell a known transaction from one whose parents are missing. */
const KNOWN_OUTPUTS = 8;

const NO_PACKAGE: ReadonlyMap<string, MempoolEntry> = new Map();

/** What a verdict depends on that changes from call to call. */
export type AcceptTerms = Omit<AcceptContext, "pool" | "options" | "tip">;

type Verdict =
  | {
      readonly fault: null;
      readonly entry: MempoolEntry;
      /** What must go first. */
      readonly removed: ReadonlySet<MempoolEntry>;
    }
  | { readonly fault: MempoolFault };

export type PackageVerdict =
  | {
      readonly fault: null;
      readonly entries: readonly MempoolEntry[];
      /** What must go first. */
      readonly removed: ReadonlySet<MempoolEntry>;
    }
  | {
      readonly fault: TogetherFault["fault"];
      /** Members that passed before another failed; of use to who only tests. */
      readonly entries: readonly MempoolEntry[];
      readonly failed: { readonly tx: TransactionView; readonly fault: MempoolFault } | null;
    };

/** Judges transactions against the pool and the chain, and changes neither. Core: MemPoolAccept. */
export class Acceptor {
  readonly #chain: Pick<MempoolChain, "network" | "tip" | "coins">;
  readonly #pool: TransactionPool;
  readonly #options: MempoolOptions;

  constructor(
    chain: Pick<MempoolChain, "network" | "tip" | "coins">,
    pool: TransactionPool,
    options: MempoolOptions,
  ) {
    this.#chain = chain;
    this.#pool = pool;
    this.#options = options;
  }

  /** The first rule that keeps a transaction out, scripts last; else its entry, not added yet. */
  async judge(tx: TransactionView, terms: AcceptTerms): Promise<Verdict> {
    const context = this.#context(terms);
    const checked = await this.#check(tx, context, NO_PACKAGE);
    if (checked.fault !== null) return checked;
    const { entry, coins } = checked.candidate;
    const verdict = acceptAlone(checked.candidate, context);
    if (verdict.fault !== null) return verdict;
    const invalid = this.#checkScripts(entry, coins);
    return invalid === null ? { fault: null, entry, removed: verdict.removed } : { fault: invalid };
  }

  /** As `judge` for transactions that may spend each other, parents first; the scripts of all are run last. */
  async judgeTogether(
    txs: readonly TransactionView[],
    termsOf: (tx: TransactionView) => AcceptTerms,
  ): Promise<PackageVerdict> {
    const inPackage = new Map<string, MempoolEntry>();
    const candidates: Candidate[] = [];
    let context: AcceptContext | null = null;
    for (const tx of txs) {
      context = this.#context(termsOf(tx));
      const checked = await this.#check(tx, context, inPackage);
      if (checked.fault !== null) return failed(tx, checked.fault);
      const { candidate } = checked;
      const { entry } = candidate;
      const tooHigh = checkMaxRate(entry, context.maxFeeRate);
      if (tooHigh !== null) return failed(tx, tooHigh);
      linkToPackage(entry, inPackage);
      inPackage.set(entry.txidKey, entry);
      candidates.push(candidate);
    }
    if (context === null) throw new Error("a package of nothing");
    const verdict = acceptTogether(candidates, context);
    if (verdict.fault !== null) return unfit(verdict);
    const entries: MempoolEntry[] = [];
    for (const { entry, coins } of candidates) {
      const invalid = this.#checkScripts(entry, coins);
      if (invalid !== null) return failed(entry.tx, invalid, entries);
      entries.push(entry);
    }
    return { fault: null, entries, removed: verdict.removed };
  }

  /** What a transaction spends, confirmed or not. */
  coinsOf(
    tx: TransactionView,
    inPackage: ReadonlyMap<string, MempoolEntry> = NO_PACKAGE,
  ): Promise<SpentCoins> {
    const { coins, tip } = this.#chain;
    return loadCoins(tx, [inPackage, this.#pool], coins, tip.height + 1);
  }

  #context(terms: AcceptTerms): AcceptContext {
    // Written out: to spread an object of this size takes as long as to hash the transaction.
    return {
      now: terms.now,
      sequence: terms.sequence,
      minFeeRate: terms.minFeeRate,
      delta: terms.delta,
      arrival: terms.arrival,
      allowReplacement: terms.allowReplacement,
      allowSiblingEviction: terms.allowSiblingEviction,
      packageRates: terms.packageRates,
      maxFeeRate: terms.maxFeeRate,
      pool: this.#pool,
      options: this.#options,
      tip: this.#chain.tip,
    };
  }

  /** What is asked of a transaction by itself. Core: PreChecks. */
  async #check(
    tx: TransactionView,
    context: AcceptContext,
    inPackage: ReadonlyMap<string, MempoolEntry>,
  ): Promise<CandidateVerdict> {
    const ids = idsOf(tx);
    const early = checkBeforeCoins(tx, ids, context);
    if (early !== null) return { fault: early };
    const coins = await this.coinsOf(tx, inPackage);
    if (!hasAllCoins(tx, coins)) return { fault: this.#missingInputs(tx, ids.txid) };
    return checkWithCoins(tx, ids, coins, context);
  }

  /** A transaction that is confirmed has missing inputs as well, but its outputs are there. */
  #missingInputs(tx: TransactionView, txid: Uint8Array): MempoolFault {
    for (let i = 0; i < Math.min(tx.outputCount, KNOWN_OUTPUTS); i++)
      if (this.#chain.coins.getNow(txid, i) !== null)
        return mempoolFault("conflict", "txn-already-known");
    return mempoolFault("missing-inputs", "bad-txns-inputs-missingorspent");
  }

  /** The last check; what passes will be in a block some day, which asks for the same coins. */
  #checkScripts(entry: MempoolEntry, spent: SpentCoins): MempoolFault | null {
    const { tip, network, coins } = this.#chain;
    const flags = blockScriptFlags(tip.hash, tip.height, network);
    const invalid = checkScripts(entry, spent, flags);
    if (invalid === null) coins.keepSpent(entry.tx, spent, tip.height);
    return invalid;
  }
}

function linkToPackage(entry: MempoolEntry, inPackage: ReadonlyMap<string, MempoolEntry>): void {
  const { tx } = entry;
  for (let i = 0; i < tx.inputCount; i++) {
    const parent = inPackage.get(hashKey(tx.prevTxid(i)));
    if (parent !== undefined) entry.parents.add(parent);
  }
}

function failed(
  tx: TransactionView,
  fault: MempoolFault,
  entries: readonly MempoolEntry[] = [],
): PackageVerdict {
  const whole = packageFault("transaction", "transaction failed");
  return { fault: whole, entries, failed: { tx, fault } };
}

function unfit({ fault, member, memberFault }: TogetherFault): PackageVerdict {
  const isKnown = member !== null && memberFault !== null;
  return { fault, entries: [], failed: isKnown ? { tx: member.tx, fault: memberFault } : null };
}
