import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";
import type { SigningKey, SigningScript } from "@compeer/protocol/wallet/signing-script";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import type { Clock } from "../clock/clock.ts";
import type { Mempool } from "../mempool/mempool.ts";
import { AddressSource, type StandardChoice } from "./address-source.ts";
import { ChainPosition } from "./chain-position.ts";
import { CoinLocks } from "./coin-locks.ts";
import { LabelBook } from "./label-book.ts";
import { Ledger } from "./ledger.ts";
import { LedgerWriter } from "./ledger-writer.ts";
import { randomMasterKey } from "./master-key.ts";
import type { OutputType } from "./output-type.ts";
import type { RescanResult } from "./rescan.ts";
import { Rescanner } from "./rescanner.ts";
import { Resender } from "./resender.ts";
import { type NewDescriptor, ScriptBook } from "./script-book.ts";
import { SecretVault } from "./secret-vault.ts";
import type { OwnedScript, WalletDescriptor } from "./wallet-descriptor.ts";
import { type WalletFlag, WalletFlags } from "./wallet-flags.ts";
import type { WalletOptions } from "./wallet-options.ts";
import type { FeeSource, WalletParts } from "./wallet-parts.ts";
import { WalletSecrets } from "./wallet-secrets.ts";
import type { WalletStore } from "./wallet-store.ts";
import { type TransactionNotes, WalletTransaction } from "./wallet-transaction.ts";

export type { OutputType } from "./output-type.ts";
export type { OwnedScript, WalletDescriptor } from "./wallet-descriptor.ts";

/** Blocks this much older than the oldest key are looked at. Core: TIMESTAMP_WINDOW. */
export const TIMESTAMP_WINDOW: number = 2 * 60 * 60;

/**
 * A wallet that is loaded: the one place where its parts meet, and what methods ask. Each part writes
 * its own state; what happens in the chain and in the mempool goes to the ledger's writer. Core: CWallet.
 */
export class Wallet {
  readonly name: string;
  readonly network: Network;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly fees: FeeSource | null;
  readonly clock: Clock;
  readonly options: WalletOptions;
  readonly ledger: Ledger;
  readonly labels: LabelBook;
  /** Rate of payments that state none, satoshis per 1000 virtual bytes; 0 estimates. Core: m_pay_tx_fee. */
  payRate: Sats;
  readonly #parts: WalletParts;
  readonly #store: WalletStore;
  readonly #vault: SecretVault;
  readonly #secrets: WalletSecrets;
  readonly #scripts: ScriptBook;
  readonly #addresses: AddressSource;
  readonly #locks: CoinLocks;
  readonly #flags: WalletFlags;
  readonly #writer: LedgerWriter;
  readonly #position: ChainPosition;
  readonly #resender: Resender;
  readonly #rescanner: Rescanner;
  readonly #changed: (tx: WalletTransaction) => void;
  readonly #offs: readonly (() => void)[];
  /** Deriving that goes on behind the call that began it; blocks wait for it. */
  #filling: Promise<void> | null = null;
  #isClosed = false;

  constructor(
    parts: WalletParts,
    name: string,
    store: WalletStore,
    options: WalletOptions,
    changed: (tx: WalletTransaction) => void,
  ) {
    const { chain, mempool, clock } = parts;
    const { network } = chain;
    this.name = name;
    this.network = network;
    this.chain = chain;
    this.mempool = mempool;
    this.fees = parts.fees;
    this.clock = clock;
    this.options = options;
    this.payRate = options.payRate;
    this.#parts = parts;
    this.#store = store;
    this.#changed = changed;
    const log = (text: string): void => this.log(text);
    const vault = new SecretVault(store);
    const scripts = new ScriptBook(store, vault, network, options.keypool);
    this.#vault = vault;
    this.#scripts = scripts;
    this.#secrets = new WalletSecrets(store, vault, scripts);
    this.labels = new LabelBook(store, store.addresses());
    this.#addresses = new AddressSource(store, scripts, this.labels, network);
    this.#locks = new CoinLocks(store, store.lockedCoins());
    this.#flags = new WalletFlags(store);
    const ledger = this.#loadLedger();
    this.ledger = ledger;
    const writer = new LedgerWriter({
      ...{ network, ledger, store, scripts, labels: this.labels, locks: this.#locks },
      ...{ mempool, clock, changed: (tx) => this.#changed(tx), seen: (tx) => this.#seen(tx) },
      avoidsReuse: () => this.avoidReuse,
      revived: (tx) => this.#resender.noteEarly(tx.key),
    });
    this.#writer = writer;
    const relay = (txid: Uint8Array): void => parts.relay(txid);
    this.#resender = new Resender({ ledger, writer, mempool, relay, log });
    const filters = parts.blockFilters ?? null;
    this.#position = new ChainPosition(chain, store, {
      ...{ name: `wallet ${name}`, writer, ledger, log, filters, watched: scripts.watched },
      birthtime: () => this.birthtime,
      now: () => clock.now(),
      ready: () => this.#filling,
    });
    const lookAtMempool = (): void => this.#lookAtMempool();
    this.#rescanner = new Rescanner({
      ...{ chain, store, ledger, writer, scripts, lookAtMempool, log, filters },
    });
    this.#offs = [
      mempool.added.on(({ tx, txid }) => writer.addedToMempool(tx, txid)),
      mempool.removed.on(({ entry: { tx, txid }, reason }) =>
        writer.removedFromMempool(tx, txid, reason),
      ),
    ];
  }

  #loadLedger(): Ledger {
    const ledger = new Ledger({
      find: (script) => this.find(script),
      isReused: (script) => this.isReused(script),
      spendsUnconfirmedChange: this.options.spendsUnconfirmedChange,
    });
    for (const record of this.#store.transactions().sort((a, b) => a.order - b.order))
      ledger.add(new WalletTransaction(record));
    return ledger;
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
    for (const tx of this.ledger.inOrder()) this.#writer.states.refresh(tx);
    this.#lookAtMempool();
    if (this.#filling === null) await this.#fillUp();
    const caughtUp = (): Promise<void> => this.#position.caughtUp();
    this.#rescanner.resume(caughtUp).catch((error: unknown) => this.log(`Error: ${error}`));
  }

  /** Derives what a stop left undone, of descriptors that are not active any more too. */
  async #fillUp(): Promise<void> {
    await this.refillPool();
    for (const each of this.descriptors) if (!each.active) await this.#scripts.pool.topUp(each, 0);
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
    return this.#flags.all;
  }

  setFlag(flag: WalletFlag, value: boolean): void {
    this.#flags.put(flag, value);
  }

  get hasPrivateKeys(): boolean {
    return !this.#flags.has("disable_private_keys");
  }

  /** A device signs for it. */
  get hasExternalSigner(): boolean {
    return this.#flags.has("external_signer");
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

  // Scripts and keys

  get descriptors(): readonly WalletDescriptor[] {
    return this.#scripts.descriptors;
  }

  /** Whether a script is ours, and what it is. */
  find(script: Uint8Array): OwnedScript | null {
    return this.#scripts.watched.find(script);
  }

  /** As every descriptor that means it. */
  findAll(script: Uint8Array): readonly OwnedScript[] {
    return this.#scripts.watched.findAll(script);
  }

  /** What signs for a script of ours, with secrets while unlocked; null when it cannot be told. */
  signing(script: Uint8Array): SigningScript | null {
    return this.#scripts.keys.signing(script);
  }

  /** The descriptor of one script of ours alone, without derivation; null when it is not ours. */
  describe(script: Uint8Array): string | null {
    return this.#scripts.keys.describe(script);
  }

  /** A key of ours by its public key and the path that a PSBT names for it, whatever script it is in. */
  key(publicKey: Uint8Array, path: readonly number[]): SigningKey | null {
    return this.#scripts.keys.key(this.descriptors, publicKey, path);
  }

  /** The descriptor that new addresses of a kind come from. */
  activeDescriptor(type: OutputType, internal: boolean): WalletDescriptor | null {
    return this.#scripts.activeOf(type, internal);
  }

  canGiveAddresses(internal = false): boolean {
    return this.#scripts.canGiveAddresses(internal);
  }

  /** Unused scripts of active descriptors of one purpose, or of both. */
  poolSize(internal?: boolean): number {
    return this.#scripts.poolSize(internal);
  }

  /** @throws RpcError -12 in Core's words */
  async newAddress(type: OutputType, label: string): Promise<string> {
    return this.#addresses.address(type, label);
  }

  /** @throws RpcError -12 in Core's words */
  async newChangeScript(type: OutputType): Promise<Uint8Array> {
    return this.#addresses.script(type, true);
  }

  /** Gives back a change script that was not used. */
  returnChange(script: Uint8Array): void {
    this.#scripts.pool.giveBack(script);
  }

  /** Watches `size` scripts ahead in each active descriptor; false when secrets for it are locked. */
  async refillPool(size?: number): Promise<boolean> {
    await this.#filling;
    let isWhole = true;
    for (const each of this.descriptors)
      if (each.active && !(await this.#scripts.pool.topUp(each, size))) isWhole = false;
    return isWhole;
  }

  /** Takes a descriptor in, or changes it. @throws Error in Core's words */
  async addDescriptor(parts: NewDescriptor): Promise<WalletDescriptor> {
    const descriptor = this.#scripts.add(parts);
    if (await this.#scripts.pool.topUp(descriptor)) return descriptor;
    throw new Error("Could not top up scriptPubKeys");
  }

  /** Makes it the source of new addresses, or no longer. */
  setActive(descriptor: WalletDescriptor, active: boolean, internal: boolean): void {
    if (active) this.#scripts.activate(descriptor, internal);
    else this.#scripts.deactivate(descriptor, internal);
  }

  /** The scripts of a descriptor at an index that is watched. */
  scriptsAt(descriptor: WalletDescriptor, index: number): readonly Uint8Array[] {
    return this.#scripts.watched.at(descriptor, index);
  }

  /** Text of a descriptor with its secrets, without checksum; null when it has none or is locked. */
  secretText(descriptor: WalletDescriptor): string | null {
    return this.#scripts.keys.secretText(descriptor);
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
    choice: StandardChoice = {},
  ): Promise<readonly WalletDescriptor[]> {
    const added = this.#addresses.makeStandard(masterKey, timestamp, choice);
    if (choice.isNew) this.#fillLater(added);
    else for (const each of added) await this.#scripts.pool.topUp(each);
    return added;
  }

  #fillLater(descriptors: readonly WalletDescriptor[]): void {
    const before = this.#filling;
    const filling = (async (): Promise<void> => {
      await before;
      for (const each of descriptors) await this.#scripts.pool.topUp(each);
      if (!this.#isClosed) this.#lookAtMempool();
    })()
      .catch((error: unknown) => this.log(`Error: ${error}`))
      .finally(() => {
        if (this.#filling === filling) this.#filling = null;
      });
    this.#filling = filling;
  }

  // Passphrase

  get unlockedUntil(): number {
    return this.#secrets.unlockedUntil;
  }

  /** @throws RpcError -13 in Core's words */
  requireUnlocked(): void {
    this.#secrets.require();
  }

  /** Opens the secrets for some seconds; false when the passphrase is another. */
  async unlock(passphrase: string, seconds: number): Promise<boolean> {
    if (!(await this.#vault.unlock(passphrase))) return false;
    await this.refillPool();
    this.#secrets.lockAfter(seconds, this.clock.now());
    return true;
  }

  lock(): void {
    this.#secrets.lock();
  }

  /**
   * Seals all secrets under a passphrase; what comes later is paid to new keys, which were never on
   * the disk unsealed. The wallet is locked afterwards. Core: EncryptWallet.
   */
  async encryptAnew(passphrase: string): Promise<void> {
    await this.encrypt(passphrase);
    const key = randomMasterKey(this.network);
    if (!this.isBlank) await this.addStandardDescriptors(key, this.clock.now(), { isNew: true });
    this.lock();
  }

  /** Seals all secrets under a passphrase; the wallet stays unlocked. */
  encrypt(passphrase: string): Promise<void> {
    return this.#secrets.encrypt(passphrase);
  }

  /** False when the old passphrase is another. */
  changePassphrase(before: string, after: string): Promise<boolean> {
    return this.#vault.changePassphrase(before, after);
  }

  /** Keeps the words that the wallet was made of (BIP39), sealed like the keys. */
  setWords(words: string): void {
    this.#secrets.setWords(words);
  }

  /** The words; null when there are none. @throws RpcError -13 while locked */
  words(): string | null {
    return this.#secrets.words();
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
    if (this.options.broadcast) await this.#resender.send(tx, true);
    return tx.txid;
  }

  /** Hands unconfirmed transactions to the mempool again. @param relay announces them to the peers too */
  async resubmit(relay: boolean): Promise<void> {
    if (this.options.broadcast) await this.#resender.sendAll(relay, this.#position.bestBlockTime);
  }

  /** Hands over again what the mempool found too early. */
  retryEarly(): Promise<void> {
    return this.#resender.retryEarly();
  }

  /** Notes on a transaction what replaced it (txid hex). Core: MarkReplaced. */
  markReplaced(key: string, replacedBy: string): void {
    this.#note(key, { replacedBy });
  }

  /** Notes what a transaction is for; false when it is not there. */
  setComment(key: string, comment: string): boolean {
    return this.#note(key, { comment });
  }

  #note(key: string, notes: TransactionNotes): boolean {
    const tx = this.ledger.get(key);
    if (tx !== undefined) this.#writer.setNotes(tx, { ...tx.notes, ...notes });
    return tx !== undefined;
  }

  /** Gives up a transaction and what spends from it; false when it is in a block or in the mempool. */
  abandon(key: string): boolean {
    const tx = this.ledger.get(key);
    return tx !== undefined && this.#writer.states.abandon(tx);
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
    return this.#rescanner.current ?? this.#position.catchingUp;
  }

  get isRescanning(): boolean {
    return this.#rescanner.current !== null;
  }

  /** Ends a rescan; false when there is none. */
  abortRescan(): boolean {
    return this.#rescanner.abort();
  }

  /**
   * Looks again at connected blocks, then at the mempool.
   *
   * @param stop last height; null: up to the tip
   * @throws RpcError -4 while another is going on
   */
  rescan(start: BlockNode, stop: number | null): Promise<RescanResult> {
    return this.#rescanner.run(start, stop);
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
    this.#rescanner.close();
    this.#resender.close();
    this.#scripts.pool.close();
    for (const off of this.#offs) off();
    await this.#filling;
    await this.#position.close();
    this.lock();
    this.#store.close();
  }
}
