import { randomInt } from "node:crypto";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../chain/block-node.ts";
import { breathe } from "../chain/breathe.ts";
import { Signal } from "../chain/signal.ts";
import { randomMasterKey } from "./master-key.ts";
import { patiently } from "./patiently.ts";
import { signerCommand } from "./signer/signer-command.ts";
import { signerDescriptors } from "./signer/signer-descriptors.ts";
import { TIMESTAMP_WINDOW, Wallet } from "./wallet.ts";
import { removeCreated, WalletDirectory, walletError } from "./wallet-directory.ts";
import type { WalletFlag } from "./wallet-flags.ts";
import type { WalletOptions } from "./wallet-options.ts";
import type { WalletParts } from "./wallet-parts.ts";
import type { WalletStore } from "./wallet-store.ts";

/** Something about a wallet changed; txid of the transaction, if it was one. */
export interface WalletChange {
  readonly wallet: string;
  readonly txid: Uint8Array | null;
}

export interface CreateOptions {
  readonly disablePrivateKeys?: boolean;
  readonly blank?: boolean;
  /** A device keeps the keys: -signer names the program that asks it. Private keys must be disabled. */
  readonly externalSigner?: boolean;
  /** Empty or left out: not encrypted. */
  readonly passphrase?: string;
  readonly avoidReuse?: boolean;
  /** Writes the choice to settings.json; left out, nothing changes there. */
  readonly loadOnStartup?: boolean | undefined;
  /** Extended private key that the descriptors are made of; a random one when left out. */
  readonly rootKey?: string;
  /** Words that `rootKey` was made of, to be kept with it (BIP39). */
  readonly words?: string;
  /** Seconds since 1970 before which nothing paid to it; now when left out. */
  readonly birthday?: number;
}

export interface Opened {
  readonly wallet: Wallet;
  readonly warnings: readonly string[];
}

/** The names of the wallets that are loaded at every start; false when they could not be written. */
export interface StartupList {
  add(name: string): boolean;
  remove(name: string): boolean;
}

export interface ManagerParts extends WalletParts {
  /** Where wallets lie; null keeps them in memory. */
  readonly directory: string | null;
  readonly options: WalletOptions;
  readonly startup: StartupList | null;
}

/** Of this program, as getnetworkinfo has it. */
const VERSION = 309_900;
/** Between two looks at whether own transactions are to be sent again. */
const RESEND_CHECK_MS = 1000;
/** Own transactions are sent again after 12 to 36 hours. Core: GetDefaultNextResend. */
const RESEND_LEAST_SECONDS = 12 * 60 * 60;
const RESEND_SPREAD_SECONDS = 24 * 60 * 60;
/** The wallets of a peer. Core: WalletContext. */
export class WalletManager {
  readonly changed: Signal<WalletChange> = new Signal();
  readonly parts: ManagerParts;
  readonly #directory: WalletDirectory;
  readonly #wallets: Wallet[] = [];
  readonly #busy = new Set<string>();
  readonly #nextResend = new Map<Wallet, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #off: () => void;

  constructor(parts: ManagerParts) {
    const { directory, options, chain, log } = parts;
    this.parts = parts;
    this.#directory = new WalletDirectory(directory, {
      genesisHash: chain.network.genesisHash,
      unsafeSync: options.unsafeSync,
      allowsOtherChain: options.allowsOtherChain,
      warn: (text) => log.warning(text),
    });
    this.#off = chain.tipChanged.on(() => this.#retryEarly());
    this.#timer = setInterval(() => this.#resend(), RESEND_CHECK_MS);
    this.#timer.unref();
  }

  /** Wallets in the directory, loaded or not. */
  list(): readonly { readonly name: string; readonly isLegacy: boolean }[] {
    return this.#directory.list();
  }

  get wallets(): readonly Wallet[] {
    return this.#wallets;
  }

  get(name: string): Wallet | undefined {
    return this.#wallets.find((wallet) => wallet.name === name);
  }

  /** @throws RpcError in Core's words; nothing of it stays then */
  async create(name: string, options: CreateOptions = {}): Promise<Opened> {
    const { passphrase = "", disablePrivateKeys = false, externalSigner = false } = options;
    if (externalSigner && !disablePrivateKeys)
      throw walletError("Private keys must be disabled when using an external signer");
    if (passphrase !== "" && disablePrivateKeys)
      throw walletError(
        "Passphrase provided but private keys are disabled. A passphrase is only used to encrypt private keys, so cannot be used for wallets with private keys disabled.",
      );
    return this.#alone(name, async () => {
      const path = this.#directory.newPath(name, this.get(name) !== undefined);
      const wallet = await this.#build(name, path, options);
      // Keys that were there before have a past to look for.
      if (options.rootKey !== undefined) await patiently(wallet.caughtUp());
      return this.#opened(wallet, options.loadOnStartup);
    });
  }

  async #build(name: string, path: string, options: CreateOptions): Promise<Wallet> {
    const store = this.#directory.create(path);
    const { chain, clock } = this.parts;
    let wallet: Wallet | null = null;
    try {
      const { passphrase = "", birthday } = options;
      wallet = this.#wallet(name, store);
      const flags: readonly (readonly [WalletFlag, boolean | undefined])[] = [
        ["avoid_reuse", options.avoidReuse],
        ["disable_private_keys", options.disablePrivateKeys],
        ["blank", options.blank && !options.externalSigner],
        ["external_signer", options.externalSigner],
      ];
      for (const [flag, value] of flags) if (value) wallet.setFlag(flag, true);
      wallet.startAt(birthday === undefined ? chain.tip : this.#lastBefore(birthday));
      if (passphrase !== "") {
        await wallet.encrypt(passphrase);
      }
      if (!options.blank && !options.disablePrivateKeys) {
        const key = options.rootKey ?? randomMasterKey(chain.network);
        const isNew = options.rootKey === undefined;
        await wallet.addStandardDescriptors(key, birthday ?? clock.now(), { isNew });
      }
      if (options.externalSigner) await addSignerDescriptors(wallet);
      if (options.words !== undefined) wallet.setWords(options.words);
      if (passphrase !== "") wallet.lock();
      await wallet.attach();
      return wallet;
    } catch (error) {
      await (wallet?.close() ?? store.close());
      removeCreated(path);
      throw error;
    }
  }

  /** The last block that is surely older than a time. */
  #lastBefore(time: number): BlockNode {
    const { chain } = this.parts;
    let [low, high] = [0, chain.tip.height];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((chain.at(middle) as BlockNode).timeMax < time - TIMESTAMP_WINDOW) low = middle;
      else high = middle - 1;
    }
    return chain.at(low) as BlockNode;
  }

  #wallet(name: string, store: WalletStore): Wallet {
    const wallet = new Wallet(this.parts, name, store, this.parts.options, (tx) =>
      this.changed.emit({ wallet: name, txid: tx.txid }),
    );
    wallet.noteVersion(VERSION);
    return wallet;
  }

  /** @throws RpcError in Core's words */
  async load(name: string, loadOnStartup?: boolean): Promise<Opened> {
    if (this.get(name) !== undefined)
      throw new RpcError(RpcErrorCode.walletAlreadyLoaded, `Wallet "${name}" is already loaded.`);
    return this.#alone(name, async () => {
      const wallet = await this.#load(name);
      return this.#opened(wallet, loadOnStartup);
    });
  }

  async #load(name: string): Promise<Wallet> {
    const store = this.#directory.open(name);
    let wallet: Wallet | null = null;
    try {
      await breathe(); // reading the file was one long step
      wallet = this.#wallet(name, store);
      await breathe();
      await wallet.attach();
      await patiently(wallet.caughtUp());
      return wallet;
    } catch (error) {
      await (wallet?.close() ?? store.close());
      throw walletError(`Wallet loading failed. ${(error as Error).message}`, error);
    }
  }

  /** @throws RpcError in Core's words */
  async unload(wallet: Wallet, loadOnStartup?: boolean): Promise<readonly string[]> {
    if (wallet.isRescanning)
      throw walletError("Wallet is currently rescanning. Abort existing rescan or wait.");
    const at = this.#wallets.indexOf(wallet);
    if (at < 0) throw new RpcError(RpcErrorCode.misc, "Requested wallet already unloaded");
    this.#wallets.splice(at, 1);
    this.#nextResend.delete(wallet);
    const warnings = this.#setStartup(wallet.name, loadOnStartup);
    await wallet.close();
    this.changed.emit({ wallet: wallet.name, txid: null });
    return warnings;
  }

  /** Makes a wallet of a backup file and loads it. @throws RpcError in Core's words */
  async restore(name: string, backup: string, loadOnStartup?: boolean): Promise<Opened> {
    return this.#alone(name, async () => {
      this.#directory.copyFrom(name, backup);
      try {
        const wallet = await this.#load(name);
        return this.#opened(wallet, loadOnStartup);
      } catch (error) {
        this.#directory.remove(name);
        throw error;
      }
    });
  }

  #opened(wallet: Wallet, loadOnStartup: boolean | undefined): Opened {
    this.#wallets.push(wallet);
    this.#nextResend.set(wallet, this.#resendTime());
    const warnings = this.#setStartup(wallet.name, loadOnStartup);
    this.changed.emit({ wallet: wallet.name, txid: null });
    wallet.resubmit(false).catch((error: unknown) => wallet.log(String(error)));
    return { wallet, warnings };
  }

  /** Core: UpdateWalletSetting. */
  #setStartup(name: string, loadOnStartup: boolean | undefined): string[] {
    if (loadOnStartup === undefined) return [];
    const { startup } = this.parts;
    if (loadOnStartup && !(startup?.add(name) ?? false))
      return [
        "Wallet load on startup setting could not be updated, so wallet may not be loaded next node startup.",
      ];
    if (!loadOnStartup && !(startup?.remove(name) ?? false))
      return [
        "Wallet load on startup setting could not be updated, so wallet may still be loaded next node startup.",
      ];
    return [];
  }

  /** One job a name at a time. */
  async #alone<T>(name: string, job: () => Promise<T>): Promise<T> {
    if (this.#busy.has(name)) throw walletError("Wallet already loading.");
    this.#busy.add(name);
    try {
      return await job();
    } finally {
      this.#busy.delete(name);
    }
  }

  #resend(): void {
    const { chain, clock } = this.parts;
    if (chain.isImporting || chain.isInitialDownload) return;
    for (const [wallet, time] of this.#nextResend) {
      if (clock.now() < time) continue;
      this.#nextResend.set(wallet, this.#resendTime());
      wallet.resubmit(true).catch((error: unknown) => wallet.log(String(error)));
    }
  }

  #retryEarly(): void {
    const { chain } = this.parts;
    if (chain.isImporting || chain.isInitialDownload) return;
    for (const wallet of this.#wallets)
      wallet.retryEarly().catch((error: unknown) => wallet.log(String(error)));
  }

  #resendTime(): number {
    const spread = randomInt(RESEND_SPREAD_SECONDS);
    return this.parts.clock.now() + RESEND_LEAST_SECONDS + spread;
  }

  /**
   * Resolves when the wallet that a call is for has looked at every block; a wallet that cannot go on
   * has said so in the log, and answers from what it has.
   */
  async settled(name: string | null): Promise<void> {
    const wallet = name === null ? this.#wallets[0] : this.get(name);
    await wallet?.synced().catch(() => undefined);
  }

  /** Closes all wallets; nothing is lost. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#off();
    for (const wallet of this.#wallets.splice(0)) await wallet.close();
  }
}

/** Has addresses come from the keys of the connected device. */
async function addSignerDescriptors(wallet: Wallet): Promise<void> {
  const range = { timestamp: wallet.clock.now(), rangeStart: 0, rangeEnd: 0, nextIndex: 0 };
  for (const { split, internal } of await signerDescriptors(signerCommand(wallet), wallet.network))
    wallet.setActive(await wallet.addDescriptor({ ...split, ...range }), true, internal);
}
