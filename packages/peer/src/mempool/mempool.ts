import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import { checkPackage, type PackageFault } from "@compeer/protocol/policy/check-package";
import { Signal } from "../chain/signal.ts";
import { type AcceptContext, checkBeforeCoins, checkWithCoins } from "./accept.ts";
import { type ProjectedBlock, projectBlocks, visitBestChunks } from "./best-chunks.ts";
import { checkScripts } from "./check-scripts.ts";
import { roomForChildren } from "./cluster-limits.ts";
import { DisconnectedTransactions } from "./disconnected-transactions.ts";
import { type ConfirmedCoins, hasAllCoins, loadCoins } from "./load-coins.ts";
import { type Cluster, type EntryChunk, type MempoolEntry, relatives } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";
import type { MempoolOptions } from "./mempool-options.ts";
import { isMinable } from "./minable.ts";
import { MinimumFee } from "./minimum-fee.ts";
import { SizeLimit } from "./size-limit.ts";
import { TransactionPool } from "./transaction-pool.ts";

/** Outputs that are looked up to tell a known transaction from one whose parents are missing. */
const KNOWN_OUTPUTS = 8;

/** A signal that can only be listened to. */
interface Listenable<T> {
  on(listener: (value: T) => void): () => void;
}

/** What the mempool needs of the chain; `Chain` is one. */
export interface MempoolChain {
  readonly network: Network;
  readonly tip: ChainPoint;
  readonly coins: ConfirmedCoins;
  readonly blockConnected: Listenable<{ readonly block: Block }>;
  readonly blockDisconnected: Listenable<{ readonly block: Block }>;
  readonly tipChanged: Listenable<ChainPoint>;
  /** Runs a job while nothing is connected or disconnected. */
  exclusive<T>(job: () => Promise<T> | T): Promise<T>;
}

export interface MempoolParts {
  readonly chain: MempoolChain;
  readonly clock: { now(): number };
  readonly log: {
    info(text: string): void;
    debug(category: string, text: string): void;
    error(text: string): void;
  };
}

/** Why an entry left. Core: MemPoolRemovalReason. */
export type RemovalReason = "block" | "replaced" | "conflict" | "expiry" | "sizelimit" | "reorg";

export interface Removal {
  readonly entry: MempoolEntry;
  readonly reason: RemovalReason;
  /** The mempool's sequence number of this change. */
  readonly sequence: number;
}

export interface SubmitOptions {
  /** Only say whether it would enter. */
  readonly test?: boolean;
  /** Highest rate that the sender means to pay, satoshis per 1000 virtual bytes. */
  readonly maxFeeRate?: Sats | null;
  /** Take it as one that was here at this time (seconds since 1970). */
  readonly time?: number;
}

export interface SubmitResult {
  readonly fault: MempoolFault | null;
  /** The entry, also when it was only tested. */
  readonly entry: MempoolEntry | null;
  /** What made room for it. */
  readonly replaced: readonly MempoolEntry[];
}

/** Verdicts on some transactions, in order; null for one that was not looked at any more. */
export interface PackageTest {
  readonly fault: PackageFault | null;
  readonly results: readonly (SubmitResult | null)[];
}

interface AcceptOptions extends SubmitOptions {
  readonly bypassLimits?: boolean;
}

const NO_PACKAGE: ReadonlyMap<string, MempoolEntry> = new Map();

/**
 * The transactions that are not in a block yet and could be in the next. It follows the chain by its
 * signals; everything that has to look up coins runs as a job of the chain's queue, so that the coins
 * stay as they are until the verdict is carried out. Core: CTxMemPool, MemPoolAccept.
 */
export class Mempool {
  readonly added: Signal<MempoolEntry> = new Signal();
  readonly removed: Signal<Removal> = new Signal();
  readonly options: MempoolOptions;
  /** True once what was saved has been loaded, or nothing is to be. */
  loaded = false;
  readonly #parts: MempoolParts;
  readonly #pool = new TransactionPool();
  readonly #minimumFee: MinimumFee;
  readonly #sizeLimit: SizeLimit;
  readonly #disconnected = new DisconnectedTransactions();
  readonly #deltas = new Map<string, Sats>();
  readonly #unbroadcast = new Set<string>();
  #sequence = 1;
  #updates = 0;
  /** Blocks were disconnected and their transactions not looked at yet. */
  #isBehind = false;
  /** No entry is older; seconds since 1970. */
  #oldest: number = Number.POSITIVE_INFINITY;

  constructor(parts: MempoolParts, options: MempoolOptions) {
    this.#parts = parts;
    this.options = options;
    this.#minimumFee = new MinimumFee(options.maxUsage, options.incrementalRate);
    this.#sizeLimit = new SizeLimit(this.#pool, options.maxUsage);
    this.#pool.clusterMade = (cluster) => this.#sizeLimit.clusterMade(cluster);
    const { chain } = parts;
    chain.blockConnected.on(({ block }) => this.#blockConnected(block));
    chain.blockDisconnected.on(({ block }) => this.#blockDisconnected(block));
    chain.tipChanged.on(() => void this.settled().catch((error) => parts.log.error(String(error))));
  }

  get size(): number {
    return this.#pool.size;
  }

  /** Virtual bytes of all entries. */
  get bytes(): number {
    return this.#pool.vsize;
  }

  /** Estimated bytes of memory. */
  get usage(): number {
    return this.#pool.usage;
  }

  get totalFees(): Sats {
    return this.#pool.fees;
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

  entries(): Iterable<MempoolEntry> {
    return this.#pool.entries();
  }

  clusters(): Iterable<Cluster> {
    return this.#pool.clusters();
  }

  /** All chunks, best rate first; one after the other they are the order in which to mine. */
  bestChunks(): EntryChunk[] {
    const chunks: EntryChunk[] = [];
    visitBestChunks(this.#pool.clusters(), (chunk) => {
      chunks.push(chunk);
      return "taken";
    });
    return chunks;
  }

  get(txidKey: string): MempoolEntry | undefined {
    return this.#pool.get(txidKey);
  }

  getByWtxid(wtxidKey: string): MempoolEntry | undefined {
    return this.#pool.getByWtxid(wtxidKey);
  }

  /** The entry that spends an output. */
  isSpent(txid: Uint8Array, index: number): MempoolEntry | undefined {
    return this.#pool.spenderOf(txid, index);
  }

  /** All that an entry needs, without itself. */
  ancestors(entry: MempoolEntry): Set<MempoolEntry> {
    return withoutSelf(entry, relatives(entry, "parents"));
  }

  /** All that needs an entry, without itself. */
  descendants(entry: MempoolEntry): Set<MempoolEntry> {
    return withoutSelf(entry, relatives(entry, "children"));
  }

  /** The next blocks as they would be if nothing else came. */
  projectedBlocks(maxWeight: number, count: number): ProjectedBlock[] {
    return projectBlocks(this.#pool.clusters(), maxWeight, count);
  }

  /** Takes a transaction in, or says why not. */
  submit(tx: TransactionView, options: SubmitOptions = {}): Promise<SubmitResult> {
    return this.#job(() => this.#accept(ownBytes(tx), options));
  }

  /** Would these transactions enter, parents before children? Nothing changes. Core: testmempoolaccept. */
  test(txs: readonly TransactionView[]): Promise<PackageTest> {
    return this.#job(async () => {
      const [tx] = txs;
      if (txs.length > 1 || tx === undefined) return this.#testPackage(txs);
      return { fault: null, results: [await this.#accept(tx, { test: true })] };
    });
  }

  /** Resolves when the mempool has caught up with the chain as it is now. */
  settled(): Promise<void> {
    return this.#isBehind ? this.#job(() => undefined) : Promise.resolve();
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
      if (this.#isBehind) await this.#reviveDisconnected();
      return job();
    });
  }

  async #accept(tx: TransactionView, options: AcceptOptions): Promise<SubmitResult> {
    const context = this.#context(tx, options, NO_PACKAGE);
    const checked = await this.#check(tx, context);
    if (checked.fault !== null) return refusal(checked.fault);
    const { entry, coins, removed } = checked;
    const invalid = checkScripts(entry, coins, this.#blockFlags());
    if (invalid !== null) return refusal(invalid);
    if (options.test) return { fault: null, entry, replaced: [...removed] };
    this.#remove(removed, "replaced");
    this.#add(entry, context.bypassLimits);
    if (!context.bypassLimits) this.#limit();
    if (this.#pool.get(entry.txidKey) === undefined)
      return refusal(mempoolFault("reconsiderable", "mempool full"));
    this.#sequence++;
    this.added.emit(entry);
    return { fault: null, entry, replaced: [...removed] };
  }

  async #check(tx: TransactionView, context: AcceptContext): Promise<Checked> {
    const early = checkBeforeCoins(tx, context);
    if (early !== null) return { fault: early };
    const coins = await this.#coinsOf(tx, context.inPackage);
    if (!hasAllCoins(tx, coins)) return { fault: await this.#missingInputs(tx) };
    const verdict = checkWithCoins(tx, coins, context);
    return verdict.fault === null ? { ...verdict, coins } : { fault: verdict.fault };
  }

  #coinsOf(
    tx: TransactionView,
    inPackage: ReadonlyMap<string, MempoolEntry> = NO_PACKAGE,
  ): Promise<SpentCoins> {
    const { chain } = this.#parts;
    return loadCoins(tx, [inPackage, this.#pool], chain.coins, chain.tip.height + 1);
  }

  /** A transaction that is confirmed has missing inputs as well, but its outputs are there. */
  async #missingInputs(tx: TransactionView): Promise<MempoolFault> {
    const txid = transactionId(tx);
    for (let i = 0; i < Math.min(tx.outputCount, KNOWN_OUTPUTS); i++)
      if ((await this.#parts.chain.coins.get(txid, i)) !== null)
        return mempoolFault("conflict", "txn-already-known");
    return mempoolFault("missing-inputs", "bad-txns-inputs-missingorspent");
  }

  async #testPackage(txs: readonly TransactionView[]): Promise<PackageTest> {
    const results: (SubmitResult | null)[] = txs.map(() => null);
    const fault = checkPackage(txs);
    if (fault !== null) return { fault, results };
    const inPackage = new Map<string, MempoolEntry>();
    const passed: { readonly entry: MempoolEntry; readonly coins: SpentCoins }[] = [];
    for (const [position, tx] of txs.entries()) {
      const context = this.#context(tx, { allowReplacement: false }, inPackage);
      const checked = await this.#check(tx, context);
      if (checked.fault !== null) {
        results[position] = refusal(checked.fault);
        return { fault, results };
      }
      const { entry } = checked;
      for (const parent of entry.parents)
        if (inPackage.has(parent.txidKey)) parent.children.add(entry);
      inPackage.set(entry.txidKey, entry);
      passed.push(checked);
    }
    for (const [position, { entry, coins }] of passed.entries()) {
      const invalid = checkScripts(entry, coins, this.#blockFlags());
      results[position] = invalid ? refusal(invalid) : { fault: null, entry, replaced: [] };
      if (invalid !== null) break;
    }
    return { fault, results };
  }

  #context(
    tx: TransactionView,
    options: AcceptOptions & { readonly allowReplacement?: boolean },
    inPackage: ReadonlyMap<string, MempoolEntry>,
  ): AcceptContext {
    const { chain, clock } = this.#parts;
    return {
      pool: this.#pool,
      inPackage,
      options: this.options,
      tip: chain.tip,
      now: options.time ?? clock.now(),
      sequence: this.#sequence,
      minFeeRate: this.minFeeRate,
      delta: this.#deltas.size === 0 ? 0 : (this.#deltas.get(hashKey(transactionId(tx))) ?? 0),
      bypassLimits: options.bypassLimits ?? false,
      allowReplacement: options.allowReplacement ?? true,
      maxFeeRate: options.maxFeeRate ?? null,
    };
  }

  #blockFlags(): number {
    const { tip, network } = this.#parts.chain;
    return blockScriptFlags(tip.hash, tip.height, network);
  }

  #add(entry: MempoolEntry, outOfBlock: boolean): void {
    if (outOfBlock) {
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
      this.#unbroadcast.delete(entry.txidKey);
      this.#updates++;
      this.removed.emit({ entry, reason, sequence: this.#sequence++ });
    }
  }

  /** Lets go what is too old, then what has no room. Core: LimitMempoolSize. */
  #limit(): void {
    const earliest = this.#parts.clock.now() - this.options.expiry;
    if (this.#oldest < earliest) this.#expire(earliest);
    this.#sizeLimit.enforce((members, rate) => {
      this.#minimumFee.raise(rate);
      this.#remove(members, "sizelimit");
    });
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

  /** Drops what the block confirmed and what it made impossible. Core: removeForBlock. */
  #blockConnected(block: Block): void {
    this.#disconnected.confirm(block);
    const confirmed: MempoolEntry[] = [];
    for (let i = 0; i < block.transactions.length; i++) {
      const key = hashKey(blockTxid(block, i));
      const entry = this.#pool.get(key);
      if (entry !== undefined) confirmed.push(entry);
      this.#deltas.delete(key);
    }
    this.#remove(confirmed, "block");
    if (this.#pool.size > 0) for (const tx of block.transactions) this.#removeConflicts(tx);
    this.#minimumFee.blockConnected(this.#parts.clock.now());
  }

  #removeConflicts(tx: TransactionView): void {
    for (let i = 0; i < tx.inputCount; i++) {
      const conflict = this.#pool.spender(tx, i);
      if (conflict === undefined) continue;
      this.#deltas.delete(conflict.txidKey);
      this.#remove(relatives(conflict, "children"), "conflict");
    }
  }

  #blockDisconnected(block: Block): void {
    this.#isBehind = true;
    for (const tx of this.#disconnected.add(block)) this.#removeWithSpenders(tx);
  }

  /** Takes a transaction out, or what spends it when it is not here itself. Core: removeRecursive. */
  #removeWithSpenders(tx: TransactionView): void {
    const key = hashKey(transactionId(tx));
    const entry = this.#pool.get(key);
    const first = entry === undefined ? this.#pool.spendersOf(key, tx.outputCount) : [entry];
    this.#remove(this.#pool.withDescendants(first), "reorg");
  }

  /** What a reorganisation took out of blocks comes back where it can. Core: MaybeUpdateMempoolForReorg. */
  async #reviveDisconnected(): Promise<void> {
    for (const tx of this.#disconnected.take()) {
      const options = { bypassLimits: true };
      const revived = tx.isCoinbase ? null : await this.#accept(ownBytes(tx), options);
      if (revived === null || revived.fault !== null) this.#removeWithSpenders(tx);
    }
    const { tip } = this.#parts.chain;
    const lost: MempoolEntry[] = [];
    for (const entry of [...this.#pool.entries()])
      if (!(await isMinable(entry, tip, ({ tx }) => this.#coinsOf(tx)))) lost.push(entry);
    this.#remove(this.#pool.withDescendants(lost), "reorg");
    this.#limit();
    this.#isBehind = false;
  }
}

type Checked =
  | {
      readonly fault: null;
      readonly entry: MempoolEntry;
      readonly coins: SpentCoins;
      readonly removed: ReadonlySet<MempoolEntry>;
    }
  | { readonly fault: MempoolFault };

function refusal(fault: MempoolFault): SubmitResult {
  return { fault, entry: null, replaced: [] };
}

function withoutSelf(entry: MempoolEntry, entries: Set<MempoolEntry>): Set<MempoolEntry> {
  entries.delete(entry);
  return entries;
}

/** The transaction in bytes of its own, so that it does not keep a whole block in memory. */
function ownBytes(tx: TransactionView): TransactionView {
  return tx.bytes.length === tx.totalSize ? tx : parseTransaction(tx.raw.slice());
}
