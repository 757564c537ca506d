import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { Signal } from "../chain/signal.ts";
import { Acceptor, type AcceptTerms } from "./acceptor.ts";
import { type ProjectedBlock, projectBlocks, visitBestChunks } from "./best-chunks.ts";
import { roomForChildren } from "./cluster-limits.ts";
import { DisconnectedTransactions } from "./disconnected-transactions.ts";
import { type Cluster, type EntryChunk, type MempoolEntry, relatives } from "./mempool-entry.ts";
import { mempoolFault } from "./mempool-fault.ts";
import type { MempoolOptions } from "./mempool-options.ts";
import {
  type MempoolParts,
  type PackageTest,
  type Removal,
  type RemovalReason,
  refusal,
  type SubmitOptions,
  type SubmitResult,
} from "./mempool-parts.ts";
import { isMinable } from "./minable.ts";
import { MinimumFee } from "./minimum-fee.ts";
import { SizeLimit } from "./size-limit.ts";
import { TransactionPool } from "./transaction-pool.ts";

interface AcceptOptions extends SubmitOptions {
  readonly bypassLimits?: boolean;
}

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
  readonly #acceptor: Acceptor;
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
    this.#acceptor = new Acceptor(parts.chain, this.#pool, options);
    this.#minimumFee = new MinimumFee(options.maxUsage, options.incrementalRate);
    this.#sizeLimit = new SizeLimit(this.#pool, options.maxUsage);
    this.#pool.clusterMade = (cluster) => this.#sizeLimit.clusterMade(cluster);
    const { chain } = parts;
    chain.blockConnected.on(({ block }) => this.#blockConnected(block));
    chain.blockDisconnected.on(({ block, revives }) => this.#blockDisconnected(block, revives));
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
      if (txs.length > 1 || tx === undefined)
        return this.#acceptor.judgePackage(txs, (each) => this.#terms(each));
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
    const terms = this.#terms(tx, options);
    const verdict = await this.#acceptor.judge(tx, terms);
    if (verdict.fault !== null) return refusal(verdict.fault);
    const { entry, removed } = verdict;
    if (options.test) return { fault: null, entry, replaced: [...removed] };
    this.#remove(removed, "replaced");
    this.#add(entry, terms.bypassLimits);
    if (!terms.bypassLimits) this.#limit();
    if (this.#pool.get(entry.txidKey) === undefined)
      return refusal(mempoolFault("reconsiderable", "mempool full"));
    this.#sequence++;
    this.added.emit(entry);
    return { fault: null, entry, replaced: [...removed] };
  }

  #terms(tx: TransactionView, options: AcceptOptions = {}): AcceptTerms {
    return {
      now: options.time ?? this.#parts.clock.now(),
      sequence: this.#sequence,
      minFeeRate: this.minFeeRate,
      delta: this.#deltas.size === 0 ? 0 : (this.#deltas.get(hashKey(transactionId(tx))) ?? 0),
      bypassLimits: options.bypassLimits ?? false,
      allowReplacement: true,
      maxFeeRate: options.maxFeeRate ?? null,
    };
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

  #blockDisconnected(block: Block, revives: boolean): void {
    this.#isBehind = true;
    const dropped = revives ? this.#disconnected.add(block) : block.transactions;
    for (const tx of dropped) this.#removeWithSpenders(tx);
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
      if (!(await isMinable(entry, tip, ({ tx }) => this.#acceptor.coinsOf(tx)))) lost.push(entry);
    this.#remove(this.#pool.withDescendants(lost), "reorg");
    this.#limit();
    this.#isBehind = false;
  }
}

function withoutSelf(entry: MempoolEntry, entries: Set<MempoolEntry>): Set<MempoolEntry> {
  entries.delete(entry);
  return entries;
}

/** The transaction in bytes of its own, so that it does not keep a whole block in memory. */
function ownBytes(tx: TransactionView): TransactionView {
  return tx.bytes.length === tx.totalSize ? tx : parseTransaction(tx.raw.slice());
}
