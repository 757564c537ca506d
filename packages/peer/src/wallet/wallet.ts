import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Block } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { SigningKey, SigningScript } from "@compeer/protocol/wallet/signing-script";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import type { Clock } from "../clock/clock.ts";
import type { Mempool } from "../mempool/mempool.ts";
import { ChainPosition } from "./chain-position.ts";
import { CoinLocks } from "./coin-locks.ts";
import { splitDescriptor } from "./descriptor-text.ts";
import { LabelBook } from "./label-book.ts";
import { Ledger } from "./ledger.ts";
import { LedgerWriter } from "./ledger-writer.ts";
import { randomMasterKey, standardDescriptor } from "./master-key.ts";
import { OUTPUT_TYPES, type OutputType } from "./output-type.ts";
import { Rescan, type RescanResult } from "./rescan.ts";
import { type NewDescriptor, ScriptBook } from "./script-book.ts";
import { latin1, latin1Bytes } from "./script-key.ts";
import { SecretVault } from "./secret-vault.ts";
import type { OwnedScript, WalletDescriptor } from "./wallet-descriptor.ts";
import type { WalletOptions } from "./wallet-options.ts";
import type { WalletParts } from "./wallet-parts.ts";
import type { WalletStore } from "./wallet-store.ts";
import { type TransactionNotes, WalletTransaction } from "./wallet-transaction.ts";

export type { OutputType } from "./output-type.ts";
export type { OwnedScript, WalletDescriptor } from "./wallet-descriptor.ts";

/** What a wallet is, once and for all but for `avoid_reuse` and `blank`. Core: WalletFlags. */
export type WalletFlag = "avoid_reuse" | "disable_private_keys" | "blank";

/** Blocks this much older than the oldest key are looked at. Core: TIMESTAMP_WINDOW. */
export const TIMESTAMP_WINDOW: number = 2 * 60 * 60;

/** Reasons of the mempool that the next blocks may take away. */
const CURED_BY_BLOCKS: ReadonlySet<string> = new Set([
  "non-final",
  "non-BIP68-final",
  "bad-txns-inputs-missingorspent",
  "bad-txns-premature-spend-of-coinbase",
]);

/** A wallet that is loaded. Core: CWallet. */
export class Wallet {
  readonly name: string;
  readonly network: Network;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly clock: Clock;
  readonly options: WalletOptions;
  readonly ledger: Ledger;
  readonly labels: LabelBook;
  /** Seconds since 1970 at which it locks itself; 0 while locked. */
  unlockedUntil = 0;
  /** Rate of payments that state none, satoshis per 1000 virtual bytes; 0 estimates. Core: m_pay_tx_fee. */
  payRate: Sats;
  readonly #parts: WalletParts;
  readonly #store: WalletStore;
  readonly #vault: SecretVault;
  readonly #scripts: ScriptBook;
  readonly #locks: CoinLocks;
  readonly #writer: LedgerWriter;
  readonly #position: ChainPosition;
  readonly #flags: Set<WalletFlag>;
  readonly #changed: (tx: WalletTransaction) => void;
  readonly #offs: readonly (() => void)[];
  #rescan: Rescan | null = null;
  #relock: NodeJS.Timeout | null = null;
  /** Unconfirmed transactions that came too early for the mempool after a load. */
  readonly #early = new Set<string>();
  #isClosed = false;

  constructor(
    parts: WalletParts,
    name: string,
    store: WalletStore,
    options: WalletOptions,
    changed: (tx: WalletTransaction) => void,
  ) {
    const { chain, mempool, clock } = parts;
    this.name = name;
    this.network = chain.network;
    this.chain = chain;
    this.mempool = mempool;
    this.clock = clock;
    this.options = options;
    this.payRate = options.payRate;
    this.#parts = parts;
    this.#store = store;
    this.#changed = changed;
    this.#vault = new SecretVault(store);
    this.#scripts = new ScriptBook(store, this.#vault, this.network, options.keypool);
    this.labels = new LabelBook(store, store.addresses());
    this.#locks = new CoinLocks(store, store.lockedCoins());
    this.#flags = readFlags(store);
    this.ledger = new Ledger({
      find: (script) => this.find(script),
      isReused: (script) => this.isReused(script),
      spendsUnconfirmedChange: options.spendsUnconfirmedChange,
    });
    for (const record of store.transactions().sort((a, b) => a.order - b.order))
      this.ledger.add(new WalletTransaction(record));
    this.#writer = new LedgerWriter({
      ...{ network: this.network, ledger: this.ledger, store, scripts: this.#scripts },
      ...{ labels: this.labels, locks: this.#locks, mempool, clock },
      avoidsReuse: () => this.avoidReuse,
      changed: (tx) => this.#changed(tx),
      revived: (tx) => this.#early.add(tx.key),
      seen: (tx) => this.#seen(tx),
    });
    this.#position = new ChainPosition(chain, store, {
      name: `wallet ${name}`,
      writer: this.#writer,
      ledger: this.ledger,
      birthtime: () => this.birthtime,
      now: () => clock.now(),
      log: (text) => this.log(text),
    });
    this.#offs = [
      mempool.added.on(({ tx, txid }) => this.#writer.addedToMempool(tx, txid)),
      mempool.removed.on(({ entry: { tx, txid }, reason }) =>
        this.#writer.removedFromMempool(tx, txid, reason),
      ),
    ];
  }

  /** Writes which version uses the file, and tells the log which did before. */
  noteVersion(version: number): void {
    const before = this.#store.metaNumber("version");
    if (before !== null) this.log(`Last client version = ${before}`);
    if (before !== version) this.#store.putMetaNumber("version", version);
  }

  /** Begins to follow the chain and sees what of it is in the mempool. Call it once. */
  async attach(): Promise<void> {
    this.#position.start();
    for (const tx of this.ledger.inOrder()) this.#writer.refresh(tx);
    this.#lookAtMempool();
    for (const each of this.descriptors) if (each.active) await this.#scripts.topUp(each);
    this.#resumeRescan().catch((error: unknown) => this.log(`Error: ${error}`));
  }

  #lookAtMempool(): void {
    // Parents before children: what spends from us is known by what it spends.
    for (const { members } of this.mempool.bestChunks())
      for (const { tx, txid } of members) this.#writer.addedToMempool(tx, txid);
  }

  #seen(tx: WalletTransaction): void {
    this.#changed(tx);
    this.#parts.notify(this.name, tx);
  }

  /** A line for the log with the wallet's name before it. */
  log(text: string): void {
    this.#parts.log.info(`[${this.name === "" ? "default wallet" : this.name}] ${text}`);
  }

  get flags(): ReadonlySet<WalletFlag> {
    return this.#flags;
  }

  setFlag(flag: WalletFlag, value: boolean): void {
    if (value) this.#flags.add(flag);
    else this.#flags.delete(flag);
    this.#store.putMeta("flags", latin1Bytes([...this.#flags].join(",")));
  }

  get hasPrivateKeys(): boolean {
    return !this.#flags.has("disable_private_keys");
  }

  get avoidReuse(): boolean {
    return this.#flags.has("avoid_reuse");
  }

  get isBlank(): boolean {
    return this.#flags.has("blank");
  }

  get isEncrypted(): boolean {
    return this.#vault.isEncrypted;
  }

  get isLocked(): boolean {
    return this.#vault.isLocked;
  }

  /** Nothing paid to it before: seconds since 1970; null when it has no scripts. */
  get birthtime(): number | null {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { timestamp } of this.descriptors) earliest = Math.min(earliest, timestamp);
    const first = this.ledger.inOrder()[0];
    if (first !== undefined) earliest = Math.min(earliest, first.timeSmart);
    return earliest === Number.POSITIVE_INFINITY ? null : earliest;
  }

  /** @throws RpcError -13 in Core's words */
  requireUnlocked(): void {
    if (this.isLocked)
      throw new RpcError(
        RpcErrorCode.walletUnlockNeeded,
        "Error: Please enter the wallet passphrase with walletpassphrase first.",
      );
  }

  // Scripts and keys

  get descriptors(): readonly WalletDescriptor[] {
    return this.#scripts.descriptors;
  }

  /** Whether a script is ours, and what it is. */
  find(script: Uint8Array): OwnedScript | null {
    return this.#scripts.find(script);
  }

  /** As every descriptor that means it. */
  findAll(script: Uint8Array): readonly OwnedScript[] {
    return this.#scripts.findAll(script);
  }

  /** What signs for a script of ours, with secrets while unlocked; null when it cannot be told. */
  signing(script: Uint8Array): SigningScript | null {
    return this.#scripts.signing(script);
  }

  /** The descriptor of one script of ours alone, without derivation; null when it is not ours. */
  describe(script: Uint8Array): string | null {
    return this.#scripts.describe(script);
  }

  /** A key of ours by its public key and the path that a PSBT names for it, whatever script it is in. */
  key(publicKey: Uint8Array, path: readonly number[]): SigningKey | null {
    return this.#scripts.key(publicKey, path);
  }

  /** The descriptor that new addresses of a kind come from. */
  activeDescriptor(type: OutputType, internal: boolean): WalletDescriptor | null {
    return this.#scripts.activeOf(type, internal);
  }

  /** True when an active descriptor can give addresses. Core: CanGetAddresses. */
  canGiveAddresses(internal = false): boolean {
    return this.descriptors.some(
      (each) => each.active && each.internal === internal && this.#scripts.canGiveAddresses(each),
    );
  }

  /** Unused scripts of active descriptors of one purpose, or of both. */
  poolSize(internal?: boolean): number {
    return this.#scripts.poolSize(internal);
  }

  /** @throws RpcError -12 in Core's words */
  async newAddress(type: OutputType, label: string): Promise<string> {
    return this.#store.transaction(() => {
      const address = formatAddress(this.#nextScript(type, false), this.network);
      if (address === null)
        throw poolError("Error: Cannot extract destination from the generated scriptpubkey");
      this.labels.put(address, label, "receive");
      return address;
    });
  }

  /** @throws RpcError -12 in Core's words */
  async newChangeScript(type: OutputType): Promise<Uint8Array> {
    return this.#nextScript(type, true);
  }

  #nextScript(type: OutputType, internal: boolean): Uint8Array {
    const descriptor = this.#scripts.activeOf(type, internal);
    if (descriptor === null) throw poolError(`Error: No ${type} addresses available.`);
    if (!this.#scripts.canGiveAddresses(descriptor)) throw poolError("No addresses available");
    const script = this.#scripts.next(descriptor);
    if (script !== null) return script;
    throw poolError("Error: Keypool ran out, please call keypoolrefill first");
  }

  /** Gives back a change script that was not used. */
  returnChange(script: Uint8Array): void {
    this.#scripts.giveBack(script);
  }

  /** Watches `size` scripts ahead in each active descriptor; false when secrets for it are locked. */
  async refillPool(size?: number): Promise<boolean> {
    let isWhole = true;
    for (const each of this.descriptors)
      if (each.active && !(await this.#scripts.topUp(each, size))) isWhole = false;
    return isWhole;
  }

  /** Takes a descriptor in, or changes it. @throws Error in Core's words */
  async addDescriptor(parts: NewDescriptor): Promise<WalletDescriptor> {
    const descriptor = this.#scripts.add(parts);
    if (!(await this.#scripts.topUp(descriptor))) throw new Error("Could not top up scriptPubKeys");
    return descriptor;
  }

  /** Makes it the source of new addresses, or no longer. */
  setActive(descriptor: WalletDescriptor, active: boolean, internal: boolean): void {
    if (active) this.#scripts.activate(descriptor, internal);
    else this.#scripts.deactivate(descriptor, internal);
  }

  /** The scripts of a descriptor at an index that is watched. */
  scriptsAt(descriptor: WalletDescriptor, index: number): readonly Uint8Array[] {
    return this.#scripts.scriptsAt(descriptor, index);
  }

  /** Text of a descriptor with its secrets, without checksum; null when it has none or is locked. */
  secretText(descriptor: WalletDescriptor): string | null {
    return this.#scripts.secretText(descriptor);
  }

  /** To be called when scripts were added: known transactions may pay to them. */
  refreshOutputs(): void {
    this.ledger.refreshOutputs();
  }

  /**
   * Makes the standard descriptors of a master key (BIP44, 49, 84, 86), both for receiving and for
   * change, and new addresses come from them. All are stored in one step.
   *
   * @returns those that are new
   */
  async addStandardDescriptors(
    masterKey: string,
    timestamp: number,
    types: readonly OutputType[] = OUTPUT_TYPES,
    internals: readonly boolean[] = [false, true],
  ): Promise<readonly WalletDescriptor[]> {
    const added = this.#store.transaction(() => {
      const list: WalletDescriptor[] = [];
      for (const internal of internals)
        for (const type of types) {
          const text = standardDescriptor(masterKey, type, internal, this.network);
          const [split] = splitDescriptor(text, this.network);
          if (split === undefined || this.#scripts.byId(split.id) !== null) continue;
          const range = { timestamp, rangeStart: 0, rangeEnd: 0, nextIndex: 0 };
          const descriptor = this.#scripts.add({ ...split, ...range });
          this.#scripts.activate(descriptor, internal);
          list.push(descriptor);
        }
      return list;
    });
    for (const each of added) await this.#scripts.topUp(each);
    return added;
  }

  // Passphrase

  /** Opens the secrets for some seconds; false when the passphrase is another. */
  async unlock(passphrase: string, seconds: number): Promise<boolean> {
    if (!(await this.#vault.unlock(passphrase))) return false;
    await this.refillPool();
    this.unlockedUntil = this.clock.now() + seconds;
    if (this.#relock !== null) clearTimeout(this.#relock);
    this.#relock = setTimeout(() => this.lock(), Math.min(seconds * 1000, MAX_TIMER_MS));
    this.#relock.unref();
    return true;
  }

  lock(): void {
    if (this.#relock !== null) clearTimeout(this.#relock);
    this.#relock = null;
    this.unlockedUntil = 0;
    this.#vault.lock();
  }

  /**
   * Seals all secrets under a passphrase; what comes later is paid to new keys, which were never on
   * the disk unsealed. The wallet is locked afterwards. Core: EncryptWallet.
   */
  async encryptAnew(passphrase: string): Promise<void> {
    await this.encrypt(passphrase);
    if (!this.isBlank)
      await this.addStandardDescriptors(randomMasterKey(this.network), this.clock.now());
    this.lock();
  }

  /** Seals all secrets under a passphrase; the wallet stays unlocked. */
  async encrypt(passphrase: string): Promise<void> {
    const texts = this.#scripts.secretTexts();
    const words = this.words();
    await this.#vault.encrypt(passphrase, () => {
      for (const { number, text } of texts) this.#store.putSecret(number, this.#vault.seal(text));
      if (words !== null) this.setWords(words);
    });
  }

  /** False when the old passphrase is another. */
  async changePassphrase(before: string, after: string): Promise<boolean> {
    return this.#vault.changePassphrase(before, after);
  }

  /** Keeps the words that the wallet was made of (BIP39), sealed like the keys. */
  setWords(words: string): void {
    this.#store.putMeta("words", this.#vault.seal(words));
  }

  /** The words; null when there are none. @throws RpcError -13 while locked */
  words(): string | null {
    const box = this.#store.meta("words");
    if (box === null) return null;
    this.requireUnlocked();
    return this.#vault.unseal(box);
  }

  // Coins

  async lockCoin(outpoint: OutPoint, persistent: boolean): Promise<void> {
    this.#locks.add(outpoint, persistent);
  }

  async unlockCoin(outpoint: OutPoint): Promise<void> {
    this.#locks.remove(outpoint);
  }

  async unlockAll(): Promise<void> {
    this.#locks.clear();
  }

  get lockedCoins(): Iterable<OutPoint> {
    return this.#locks.coins;
  }

  /** @param key of `outpointKey` */
  isLockedCoin(key: string): boolean {
    return this.#locks.has(key);
  }

  /** True when coins of this script were spent before (avoid_reuse). Core: IsSpentKey. */
  isReused(script: Uint8Array): boolean {
    const address = formatAddress(script, this.network);
    return address !== null && this.labels.isUsed(address);
  }

  // Transactions

  /**
   * Adds a signed transaction to the ledger and hands it to mempool and peers. When the mempool refuses
   * it, it stays, to be sent again later. Core: CommitTransaction.
   *
   * @returns its txid
   */
  async commit(raw: Uint8Array, notes: TransactionNotes): Promise<Uint8Array> {
    const tx = this.#writer.addOwn(raw, notes);
    if (this.options.broadcast) await this.#send(tx, true);
    return tx.txid;
  }

  async #send(tx: WalletTransaction, relay: boolean): Promise<"sent" | "early" | "refused"> {
    const { fault } = await this.mempool.submit(parseTransaction(tx.raw));
    if (this.mempool.get(tx.key) === undefined) {
      const reason = fault?.reason ?? "";
      this.log(`Transaction cannot be broadcast immediately, ${reason}`);
      return CURED_BY_BLOCKS.has(reason) ? "early" : "refused";
    }
    this.#writer.refresh(tx);
    if (relay) {
      this.mempool.markUnbroadcast(tx.key);
      this.#parts.relay(tx.txid);
    }
    return "sent";
  }

  /**
   * Hands unconfirmed transactions to the mempool again.
   *
   * @param relay announces them to the peers too; then those of the last minutes are left out
   */
  async resubmit(relay: boolean): Promise<void> {
    if (!this.options.broadcast) return;
    let sent = 0;
    for (const tx of [...this.ledger.inOrder()]) {
      if (this.#isClosed) return;
      if (tx.isConfirmed || tx.isAbandoned || tx.isCoinbase) continue;
      if (tx.state.type === "conflicted" || (tx.inMempool && !relay)) continue;
      if (relay && tx.timeReceived > this.#position.bestBlockTime - RECENT_SECONDS) continue;
      const outcome = await this.#send(tx, relay);
      if (outcome === "sent") sent++;
      else if (outcome === "early") this.#early.add(tx.key);
    }
    if (sent > 0) this.log(`ResubmitWalletTransactions: resubmit ${sent} unconfirmed transactions`);
  }

  /**
   * Hands over again what the mempool found too early when the wallet was loaded: after a kill the chain
   * stands behind payments that were made already, and catches up with them.
   */
  async retryEarly(): Promise<void> {
    for (const key of [...this.#early]) {
      const tx = this.ledger.get(key);
      const isWaiting = tx?.state.type === "inactive" && !tx.isAbandoned && !this.#isClosed;
      const isOver = tx === undefined || !isWaiting || (await this.#send(tx, true)) !== "early";
      if (isOver) this.#early.delete(key);
    }
  }

  /** Notes on a transaction what replaced it (txid hex). Core: MarkReplaced. */
  markReplaced(key: string, replacedBy: string): void {
    const tx = this.ledger.get(key);
    if (tx !== undefined) this.#writer.setNotes(tx, { ...tx.notes, replacedBy });
  }

  /** Notes what a transaction is for; false when it is not there. */
  setComment(key: string, comment: string): boolean {
    const tx = this.ledger.get(key);
    if (tx === undefined) return false;
    this.#writer.setNotes(tx, { ...tx.notes, comment });
    return true;
  }

  /** Gives up a transaction and what spends from it; false when it is in a block or in the mempool. */
  abandon(key: string): boolean {
    const tx = this.ledger.get(key);
    return tx !== undefined && this.#writer.abandon(tx);
  }

  /** Adds a transaction of a block that may be pruned. Core: importprunedfunds. */
  addConfirmed(raw: Uint8Array, node: BlockNode, index: number): void {
    this.#writer.addConfirmed(raw, node, index);
  }

  /** Takes a transaction out as if it had never been there. Core: removeprunedfunds. */
  remove(key: string): void {
    const tx = this.ledger.get(key);
    if (tx !== undefined) this.#writer.remove(tx);
  }

  // Chain

  /** The block that it has looked at last. */
  get lastBlock(): { readonly hash: Uint8Array; readonly height: number } {
    return this.#position.block;
  }

  /** Resolves when it has looked at every block of the chain; at once during a long first sync. */
  synced(): Promise<void> {
    return this.#position.synced();
  }

  /** Resolves when the first sync after a load is done. */
  caughtUp(): Promise<void> {
    return this.#position.caughtUp();
  }

  /** The rescan or the first sync that is going on. */
  get scanning(): { readonly duration: number; readonly progress: number } | null {
    return this.#rescan ?? this.#position.catchingUp;
  }

  get isRescanning(): boolean {
    return this.#rescan !== null;
  }

  /** Ends a rescan; false when there is none. */
  abortRescan(): boolean {
    if (this.#rescan === null || this.#rescan.isAborted) return false;
    this.#rescan.abort();
    return true;
  }

  /**
   * Looks again at connected blocks, then at the mempool.
   *
   * @param stop last height; null: up to the tip
   * @throws RpcError -4 while another is going on
   */
  async rescan(start: BlockNode, stop: number | null): Promise<RescanResult> {
    if (this.#rescan !== null)
      throw new RpcError(
        RpcErrorCode.wallet,
        "Wallet is currently rescanning. Abort existing rescan or wait.",
      );
    const rescan = new Rescan({
      chain: this.chain,
      height: () => this.ledger.height,
      look: (block, node) => this.#lookAgain(block, node),
    });
    this.#rescan = rescan;
    this.#store.putMetaNumber("rescan", start.height);
    const from = formatHash(start.hash);
    this.log(`Rescan started from block ${from}... (slow variant inspecting all blocks)`);
    try {
      const result = await rescan.run(start, stop);
      if (stop === null && !this.#isClosed) this.#lookAtMempool();
      this.log(`Rescan ${result.status} after ${rescan.duration} s`);
      return result;
    } finally {
      this.#rescan = null;
      if (!this.#isClosed) this.#store.deleteMeta("rescan");
    }
  }

  #lookAgain(block: Block, node: BlockNode): void {
    if (this.#isClosed) return;
    this.#store.transaction(() => {
      this.#writer.connectBlock(block, { node, isOld: true });
      if (node.height % RESCAN_SAVE_EVERY === 0) this.#store.putMetaNumber("rescan", node.height);
    });
  }

  /** Takes up a rescan that the end of the last run cut off. */
  async #resumeRescan(): Promise<void> {
    const height = this.#store.metaNumber("rescan");
    if (height === null) return;
    await this.#position.caughtUp();
    const start = this.chain.at(Math.min(height, this.ledger.height));
    if (start !== null && !this.#isClosed) await this.rescan(start, null);
  }

  /** A whole copy of the file at a path that is not there yet. */
  backup(path: string): void {
    this.#position.save();
    this.#store.copyTo(path);
  }

  /** Where a wallet with no position yet begins to look; for new and restored ones. */
  startAt(node: BlockNode): void {
    this.#position.set(node);
  }

  /** Stops everything; nothing is lost. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#rescan?.abort();
    for (const off of this.#offs) off();
    await this.#position.close();
    this.lock();
    this.#store.close();
  }
}

/** Blocks between two notes of how far a rescan has come. */
const RESCAN_SAVE_EVERY = 1000;
/** Longest time that a timer of Node takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Transactions of the last five minutes before a block are not sent again. */
const RECENT_SECONDS = 300;

function readFlags(store: WalletStore): Set<WalletFlag> {
  const text = store.meta("flags");
  const names = text === null ? [] : latin1(text).split(",");
  return new Set(names.filter((name) => name !== "") as WalletFlag[]);
}

function poolError(message: string): RpcError {
  return new RpcError(RpcErrorCode.walletKeypoolRanOut, message);
}
