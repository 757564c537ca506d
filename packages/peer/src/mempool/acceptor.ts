import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import { checkBeforeCoins, checkMaxRate, checkWithCoins } from "./accept.ts";
import { acceptAlone } from "./accept-alone.ts";
import { acceptTogether, type TogetherFault } from "./accept-together.ts";
import type { AcceptContext, Candidate, CandidateVerdict } from "./candidate.ts";
import { checkScripts } from "./check-scripts.ts";
import { hasAllCoins, loadCoins } from "./load-coins.ts";
import type { MempoolEntry } from "./mempool-entry.ts";
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
    const invalid = checkScripts(entry, coins, this.#blockFlags());
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
      const invalid = checkScripts(entry, coins, this.#blockFlags());
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
    return { ...terms, pool: this.#pool, options: this.#options, tip: this.#chain.tip };
  }

  /** What is asked of a transaction by itself. Core: PreChecks. */
  async #check(
    tx: TransactionView,
    context: AcceptContext,
    inPackage: ReadonlyMap<string, MempoolEntry>,
  ): Promise<CandidateVerdict> {
    const early = checkBeforeCoins(tx, context);
    if (early !== null) return { fault: early };
    const coins = await this.coinsOf(tx, inPackage);
    if (!hasAllCoins(tx, coins)) return { fault: await this.#missingInputs(tx) };
    return checkWithCoins(tx, coins, context);
  }

  /** A transaction that is confirmed has missing inputs as well, but its outputs are there. */
  async #missingInputs(tx: TransactionView): Promise<MempoolFault> {
    const txid = transactionId(tx);
    for (let i = 0; i < Math.min(tx.outputCount, KNOWN_OUTPUTS); i++)
      if ((await this.#chain.coins.get(txid, i)) !== null)
        return mempoolFault("conflict", "txn-already-known");
    return mempoolFault("missing-inputs", "bad-txns-inputs-missingorspent");
  }

  #blockFlags(): number {
    const { tip, network } = this.#chain;
    return blockScriptFlags(tip.hash, tip.height, network);
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
