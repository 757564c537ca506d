import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import { checkPackage } from "@compeer/protocol/policy/check-package";
import { type AcceptContext, checkBeforeCoins, checkWithCoins } from "./accept.ts";
import { checkScripts } from "./check-scripts.ts";
import { hasAllCoins, loadCoins } from "./load-coins.ts";
import type { MempoolEntry } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";
import type { MempoolOptions } from "./mempool-options.ts";
import {
  type MempoolChain,
  type PackageTest,
  refusal,
  type SubmitResult,
} from "./mempool-parts.ts";
import type { TransactionPool } from "./transaction-pool.ts";

/** Outputs that are looked up to tell a known transaction from one whose parents are missing. */
const KNOWN_OUTPUTS = 8;

const NO_PACKAGE: ReadonlyMap<string, MempoolEntry> = new Map();

/** What a verdict depends on that changes from call to call. */
export type AcceptTerms = Pick<
  AcceptContext,
  "now" | "sequence" | "minFeeRate" | "delta" | "bypassLimits" | "allowReplacement" | "maxFeeRate"
>;

type Verdict =
  | {
      readonly fault: null;
      readonly entry: MempoolEntry;
      readonly coins: SpentCoins;
      /** What must go first. */
      readonly removed: ReadonlySet<MempoolEntry>;
    }
  | { readonly fault: MempoolFault };

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
    const verdict = await this.#judgeFees(tx, terms, NO_PACKAGE);
    if (verdict.fault !== null) return verdict;
    const invalid = checkScripts(verdict.entry, verdict.coins, this.#blockFlags());
    return invalid === null ? verdict : { fault: invalid };
  }

  /** As `judge` for transactions that may spend each other; the scripts of all are run last. */
  async judgePackage(
    txs: readonly TransactionView[],
    termsOf: (tx: TransactionView) => AcceptTerms,
  ): Promise<PackageTest> {
    const results: (SubmitResult | null)[] = txs.map(() => null);
    const fault = checkPackage(txs);
    if (fault !== null) return { fault, results };
    const inPackage = new Map<string, MempoolEntry>();
    const passed: { readonly entry: MempoolEntry; readonly coins: SpentCoins }[] = [];
    for (const [position, tx] of txs.entries()) {
      const terms = { ...termsOf(tx), allowReplacement: false };
      const verdict = await this.#judgeFees(tx, terms, inPackage);
      if (verdict.fault !== null) {
        results[position] = refusal(verdict.fault);
        return { fault, results };
      }
      const { entry } = verdict;
      for (const parent of entry.parents)
        if (inPackage.has(parent.txidKey)) parent.children.add(entry);
      inPackage.set(entry.txidKey, entry);
      passed.push(verdict);
    }
    for (const [position, { entry, coins }] of passed.entries()) {
      const invalid = checkScripts(entry, coins, this.#blockFlags());
      results[position] = invalid ? refusal(invalid) : { fault: null, entry, replaced: [] };
      if (invalid !== null) break;
    }
    return { fault, results };
  }

  /** What a transaction spends, confirmed or not. */
  coinsOf(
    tx: TransactionView,
    inPackage: ReadonlyMap<string, MempoolEntry> = NO_PACKAGE,
  ): Promise<SpentCoins> {
    const { coins, tip } = this.#chain;
    return loadCoins(tx, [inPackage, this.#pool], coins, tip.height + 1);
  }

  async #judgeFees(
    tx: TransactionView,
    terms: AcceptTerms,
    inPackage: ReadonlyMap<string, MempoolEntry>,
  ): Promise<Verdict> {
    const { tip } = this.#chain;
    const context = { ...terms, pool: this.#pool, options: this.#options, tip, inPackage };
    const early = checkBeforeCoins(tx, context);
    if (early !== null) return { fault: early };
    const coins = await this.coinsOf(tx, inPackage);
    if (!hasAllCoins(tx, coins)) return { fault: await this.#missingInputs(tx) };
    const verdict = checkWithCoins(tx, coins, context);
    return verdict.fault === null ? { ...verdict, coins } : { fault: verdict.fault };
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
