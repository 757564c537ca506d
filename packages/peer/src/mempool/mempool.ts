import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Block } from "@compeer/protocol/bitcoin/block";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { checkPackage } from "@compeer/protocol/policy/check-package";
import { formatRate } from "@compeer/protocol/policy/format-rate";
import { Signal } from "../chain/signal.ts";
import { Acceptor, type AcceptTerms } from "./acceptor.ts";
import { ChainFollower } from "./chain-follower.ts";
import { roomForChildren } from "./cluster-limits.ts";
import type { Arrival, MempoolEntry } from "./mempool-entry.ts";
import { mempoolFault } from "./mempool-fault.ts";
import type { MempoolOptions } from "./mempool-options.ts";
import {
  type MempoolParts,
  type MinedEntries,
  type Removal,
  type RemovalReason,
  refusal,
  type SubmitOptions,
  type SubmitResult,
} from "./mempool-parts.ts";
import { MempoolView } from "./mempool-view.ts";
import { MinimumFee } from "./minimum-fee.ts";
import { memberOf, membersOfFailed, membersTested, membersTogether } from "./package-members.ts";
import { type PackageOptions, type PackageResult, packageFault } from "./package-result.ts";
import { SizeLimit } from "./size-limit.ts";
import { submitPackage } from "./submit-package.ts";
import { TransactionPool } from "./transaction-pool.ts";

interface AcceptOptions extends SubmitOptions {
  readonly arrival?: Arrival;
}

/**
 * The transactions that are not in a block yet and could be in the next. It follows the chain by its
 * signals; everything that has to look up coins runs as a job of the chain's queue, so that the coins
 * stay as they are until the verdict is carried out. Core: CTxMemPool, MemPoolAccept.
 */
export class Mempool extends MempoolView {
  readonly added: Signal<MempoolEntry> = new Signal();
  readonly removed: Signal<Removal> = new Signal();
  /** A block came; what it confirmed was removed before. */
  readonly mined: Signal<MinedEntries> = new Signal();
  readonly options: MempoolOptions;
  /** True once what was saved has been loaded, or nothing is to be. */
  loaded = false;
  readonly #parts: MempoolParts;
  readonly #pool: TransactionPool;
  readonly #acceptor: Acceptor;
  readonly #minimumFee: MinimumFee;
  readonly #sizeLimit: SizeLimit;
  readonly #follower: ChainFollower;
  readonly #deltas = new Map<string, Sats>();
  readonly #unbroadcast = new Set<string>();
  #sequence = 1;
  #updates = 0;
  /** No entry is older; seconds since 1970. */
  #oldest: number = Number.POSITIVE_INFINITY;

  constructor(parts: MempoolParts, options: MempoolOptions) {
    const pool = new TransactionPool();
    super(pool);
    this.#pool = pool;
    this.#parts = parts;
    this.options = options;
    this.#acceptor = new Acceptor(parts.chain, this.#pool, options);
    this.#minimumFee = new MinimumFee(options.maxUsage, options.incrementalRate);
    this.#sizeLimit = new SizeLimit(this.#pool, options.maxUsage);
    this.#pool.clusterMade = (cluster) => this.#sizeLimit.clusterMade(cluster);
    this.#follower = new ChainFollower(this.#pool, {
      remove: (entries, reason) => this.#remove(entries, reason),
      forgetDelta: (txidKey) => this.#deltas.delete(txidKey),
      revive: (tx) => this.#revive(tx),
      limit: () => this.#limit(),
      coinsOf: (tx) => this.#acceptor.coinsOf(tx),
    });
    const { chain } = parts;
    chain.blockConnected.on(({ node, block }) => this.#blockConnected(block, node.height));
    chain.blockDisconnected.on(({ block, revives }) =>
      this.#follower.blockDisconnected(block, revives),
    );
    chain.tipChanged.on(() => void this.settled().catch((error) => parts.log.error(String(error))));
  }

  /** What a full mempool asks for, satoshis per 1000 virtual bytes; 0 when it has room. */
  get minFeeRate(): Sats {
    return this.#minimumFee.rate(this.#parts.clock.now(), this.#pool.usage);
  }

  /** Grows with every entry that comes or goes. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Grows with every change, prioritisations included. Core: GetTransactionsUpdated. */
  get updates(): number {
    return this.#updates;
  }

  /** Takes a transaction in, or says why not. */
  submit(tx: TransactionView, options: SubmitOptions = {}): Promise<SubmitResult> {
    return this.#job(() => this.#accept(ownBytes(tx), options));
  }

  /**
   * Takes parents and their child in, each by itself where that is enough, else together. The signals
   * come for each that entered, also when it had to go again for want of room. Core: ProcessNewPackage.
   */
  submitPackage(
    txs: readonly TransactionView[],
    { maxFeeRate = null }: PackageOptions = {},
  ): Promise<PackageResult> {
    return this.#job(() =>
      submitPackage(txs.map(ownBytes), {
        get: (txidKey) => this.#pool.get(txidKey),
        getByWtxid: (wtxidKey) => this.#pool.getByWtxid(wtxidKey),
        submitAlone: (tx) => this.#accept(tx, { maxFeeRate, arrival: "package" }),
        submitTogether: (left) => this.#acceptTogether(left, maxFeeRate),
        limit: () => this.#limit(),
      }),
    );
  }

  /** Would these transactions enter, parents before children? Nothing changes. Core: testmempoolaccept. */
  test(txs: readonly TransactionView[]): Promise<PackageResult> {
    return this.#job(async () => {
      const [tx] = txs;
      if (txs.length > 1 || tx === undefined) return this.#testTogether(txs);
      const result = memberOf(await this.#accept(tx, { test: true }));
      return { fault: null, results: new Map([[hashKey(witnessTransactionId(tx)), result]]) };
    });
  }

  /** Resolves when the mempool has caught up with the chain as it is now. */
  settled(): Promise<void> {
    return this.#follower.isBehind ? this.#job(() => undefined) : Promise.resolve();
  }

  /** Adds to the fee that a transaction is compared with, be it here or not. Core: PrioritiseTransaction. */
  prioritise(txid: Uint8Array, delta: Sats): void {
    const key = hashKey(txid);
    const sum = (this.#deltas.get(key) ?? 0) + delta;
    if (sum === 0) this.#deltas.delete(key);
    else this.#deltas.set(key, sum);
    const entry = this.#pool.get(key);
    const where = entry === undefined ? "not in mempool" : "in mempool";
    const what = sum === 0 ? "delta cleared" : `fee += ${delta}, new delta=${sum}`;
    this.#parts.log.info(`PrioritiseTransaction: ${formatHash(txid)} (${where}) ${what}`);
    if (entry === undefined) return;
    this.#pool.setModifiedFee(entry, entry.modifiedFee + delta);
    this.#updates++;
  }

  /** What was prioritised, by txid key. */
  get deltas(): ReadonlyMap<string, Sats> {
    return this.#deltas;
  }

  /** Entries of our own that no peer has asked for yet, by txid key. */
  get unbroadcast(): ReadonlySet<string> {
    return this.#unbroadcast;
  }

  markUnbroadcast(txidKey: string): void {
    if (this.#pool.get(txidKey) !== undefined) this.#unbroadcast.add(txidKey);
  }

  markBroadcast(txidKey: string): void {
    this.#unbroadcast.delete(txidKey);
  }

  #job<T>(job: () => Promise<T> | T): Promise<T> {
    return this.#parts.chain.exclusive(async () => {
      if (this.#follower.isBehind) await this.#follower.catchUp(this.#parts.chain.tip);
      return job();
    });
  }

  async #accept(tx: TransactionView, options: AcceptOptions): Promise<SubmitResult> {
    const terms = this.#terms(tx, options);
    const verdict = await this.#acceptor.judge(tx, terms);
    if (verdict.fault !== null) return refusal(verdict.fault);
    const { entry, removed } = verdict;
    if (entry.fee > (options.maxFee ?? Number.POSITIVE_INFINITY)) return refusal(TOO_DEAR);
    if (options.test) return { fault: null, entry, replaced: [...removed] };
    this.#remove(removed, "replaced");
    this.#add(entry);
    // A package is limited when all of it is in.
    if (terms.arrival === "alone") this.#limit();
    if (this.#pool.get(entry.txidKey) === undefined)
      return refusal(mempoolFault("reconsiderable", "mempool full"));
    this.#announce(entry);
    return { fault: null, entry, replaced: [...removed] };
  }

  async #acceptTogether(
    txs: readonly TransactionView[],
    maxFeeRate: Sats | null,
  ): Promise<PackageResult> {
    const terms = { arrival: "package", allowSiblingEviction: false, packageRates: true } as const;
    const verdict = await this.#acceptor.judgeTogether(txs, (tx) => ({
      ...this.#terms(tx, { maxFeeRate }),
      ...terms,
    }));
    if (verdict.fault !== null) return membersOfFailed(verdict);
    const { entries, removed } = verdict;
    this.#remove(removed, "replaced");
    for (const entry of entries) this.#add(entry);
    for (const entry of entries) this.#announce(entry);
    return membersTogether(entries, removed);
  }

  async #testTogether(txs: readonly TransactionView[]): Promise<PackageResult> {
    const malformed = checkPackage(txs);
    if (malformed !== null) return { fault: packageFault("policy", malformed), results: new Map() };
    const terms = { allowReplacement: false, allowSiblingEviction: false };
    return membersTested(
      await this.#acceptor.judgeTogether(txs, (tx) => ({ ...this.#terms(tx), ...terms })),
    );
  }

  async #revive(tx: TransactionView): Promise<boolean> {
    return (await this.#accept(ownBytes(tx), { arrival: "block" })).fault === null;
  }

  #terms(tx: TransactionView, options: AcceptOptions = {}): AcceptTerms {
    return {
      now: options.time ?? this.#parts.clock.now(),
      sequence: this.#sequence,
      minFeeRate: this.minFeeRate,
      delta: this.#deltas.size === 0 ? 0 : (this.#deltas.get(hashKey(transactionId(tx))) ?? 0),
      arrival: options.arrival ?? "alone",
      allowReplacement: true,
      allowSiblingEviction: true,
      packageRates: false,
      maxFeeRate: options.maxFeeRate ?? null,
    };
  }

  #announce(entry: MempoolEntry): void {
    this.#sequence++;
    this.added.emit(entry);
  }

  #add(entry: MempoolEntry): void {
    if (entry.arrival === "block") {
      const children = this.#pool.spendersOf(entry.txidKey, entry.tx.outputCount);
      const overflow = roomForChildren(entry, children, this.options);
      this.#remove(this.#pool.withDescendants(overflow), "sizelimit");
    }
    this.#pool.add(entry);
    this.#oldest = Math.min(this.#oldest, entry.time);
    this.#updates++;
  }

  #remove(entries: Iterable<MempoolEntry>, reason: RemovalReason): void {
    const gone = [...entries];
    if (gone.length === 0) return;
    this.#pool.remove(gone);
    for (const entry of gone) {
      if (this.#unbroadcast.delete(entry.txidKey))
        this.#parts.log.debug(
          "mempool",
          `Removed ${formatHash(entry.txid)} from set of unbroadcast txns before confirmation that txn was sent out`,
        );
      this.#updates++;
      this.removed.emit({ entry, reason, sequence: this.#sequence++ });
    }
  }

  /** Lets go what is too old, then what has no room. Core: LimitMempoolSize. */
  #limit(): void {
    const earliest = this.#parts.clock.now() - this.options.expiry;
    if (this.#oldest < earliest) this.#expire(earliest);
    let count = 0;
    this.#sizeLimit.enforce((members, rate) => {
      this.#minimumFee.raise(rate);
      count += members.length;
      this.#remove(members, "sizelimit");
    });
    if (count === 0) return;
    const raised = formatRate({ fee: this.minFeeRate, size: 1000 });
    this.#parts.log.debug(
      "mempool",
      `Removed ${count} txn, rolling minimum fee bumped to ${raised}`,
    );
  }

  #expire(earliest: number): void {
    const expired: MempoolEntry[] = [];
    this.#oldest = Number.POSITIVE_INFINITY;
    for (const entry of this.#pool.entries()) {
      if (entry.time < earliest) expired.push(entry);
      else this.#oldest = Math.min(this.#oldest, entry.time);
    }
    const gone = this.#pool.withDescendants(expired);
    this.#remove(gone, "expiry");
    this.#parts.log.debug("mempool", `Expired ${gone.size} transactions from the memory pool`);
  }

  #blockConnected(block: Block, height: number): void {
    const entries = this.#follower.blockConnected(block);
    this.#minimumFee.blockConnected(this.#parts.clock.now());
    this.mined.emit({ height, entries });
  }
}

const TOO_DEAR = mempoolFault("mempool-policy", "max-fee-exceeded");

/** The transaction in bytes of its own, so that it keeps no whole block in memory, nor its neighbours from the wire. */
function ownBytes(tx: TransactionView): TransactionView {
  return tx.bytes.buffer.byteLength === tx.totalSize ? tx : parseTransaction(tx.raw.slice());
}
