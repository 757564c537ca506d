import { copyFileSync, existsSync, mkdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { StoreError, type StoreFault } from "./wallet-file.ts";
import { listWalletNames, WALLET_FILE, walletPath, walletPathKind } from "./wallet-path.ts";
import { WalletStore } from "./wallet-store.ts";

interface DirectoryParts {
  readonly genesisHash: Uint8Array;
  readonly unsafeSync: boolean;
  /** Whether wallets of another chain may be opened (-walletcrosschain). */
  readonly allowsOtherChain: boolean;
  warn(text: string): void;
}

/** Where the wallets of a peer lie. Every refusal is in Core's words. */
export class WalletDirectory {
  readonly #path: string | null;
  readonly #parts: DirectoryParts;

  /** @param path null keeps wallets in memory */
  constructor(path: string | null, parts: DirectoryParts) {
    this.#path = path;
    this.#parts = parts;
  }

  /** Wallets in the directory, loaded or not. */
  list(): readonly { readonly name: string; readonly isLegacy: boolean }[] {
    return this.#path === null ? [] : listWalletNames(this.#path, (text) => this.#parts.warn(text));
  }

  /**
   * Path for a new wallet.
   *
   * @param isTaken whether a loaded wallet has its name
   * @throws RpcError
   */
  newPath(name: string, isTaken: boolean): string {
    const directory = this.#path;
    if (directory === null) {
      if (!isTaken) return IN_MEMORY;
      throw walletError(
        `Wallet file verification failed. Failed to create database path '${name}'. Database already exists.`,
      );
    }
    const path = walletPath(directory, name);
    switch (walletPathKind(directory, name)) {
      case "invalid":
        throw walletError(`Wallet file verification failed. ${invalidPath(name, directory)}`);
      case "sqlite":
      case "bdb":
        throw walletError(
          `Wallet file verification failed. Failed to create database path '${path}'. Database already exists.`,
        );
      default:
        return path;
    }
  }

  /** The store of a new wallet. @throws RpcError; nothing of it stays then */
  create(path: string): WalletStore {
    const { genesisHash, unsafeSync } = this.#parts;
    try {
      if (path === IN_MEMORY) return WalletStore.create(path, genesisHash, true);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return WalletStore.create(join(path, WALLET_FILE), genesisHash, unsafeSync);
    } catch (cause) {
      removeCreated(path);
      throw walletError(
        `Wallet file verification failed. filesystem error: ${(cause as Error).message}`,
        cause,
      );
    }
  }

  /**
   * The store of a wallet that is not loaded. It is checked and locked, and has to be closed.
   *
   * @throws RpcError in Core's words
   */
  open(name: string): WalletStore {
    const directory = this.#path;
    if (directory === null)
      throw notFound(`Failed to load database path '${name}'. Path does not exist.`);
    const path = walletPath(directory, name);
    switch (walletPathKind(directory, name)) {
      case "invalid":
        throw walletError(`Wallet file verification failed. ${invalidPath(name, directory)}`);
      case "nothing":
        throw notFound(`Failed to load database path '${path}'. Path does not exist.`);
      case "empty":
        throw notFound(`Failed to load database path '${path}'. Data is not in recognized format.`);
      case "bdb":
        throw notFound(
          `Failed to open database path '${path}'. The wallet appears to be a Legacy wallet, please use the wallet migration tool (migratewallet RPC or the GUI option).`,
        );
      default:
    }
    const { genesisHash, allowsOtherChain, unsafeSync } = this.#parts;
    const genesis = allowsOtherChain ? null : genesisHash;
    try {
      return WalletStore.open(join(path, WALLET_FILE), genesis, unsafeSync);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.fault === "other-chain" || error.fault === "not-a-wallet")
        throw notFound(error.message);
      throw walletError(`${PREFIXES[error.fault]} ${error.message}`, error);
    }
  }

  /** Makes a wallet of a backup file; `remove` takes it back. @throws RpcError */
  copyFrom(name: string, backup: string): void {
    if (!existsSync(backup))
      throw new RpcError(RpcErrorCode.invalidParameter, "Backup file does not exist");
    if (this.#path === null) throw walletError("This peer keeps its wallets in memory.");
    const path = walletPath(this.#path, name);
    if (existsSync(path))
      throw new RpcError(
        RpcErrorCode.walletAlreadyExists,
        `Failed to create database path '${path}'. Database already exists.`,
      );
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      copyFileSync(backup, join(path, WALLET_FILE));
    } catch (error) {
      removeCreated(path);
      throw error;
    }
  }

  /** Takes away a wallet that was made just now. */
  remove(name: string): void {
    if (this.#path !== null) removeCreated(walletPath(this.#path, name));
  }
}

const IN_MEMORY = ":memory:";

const PREFIXES: Readonly<Record<Exclude<StoreFault, "not-a-wallet" | "other-chain">, string>> = {
  newer: "Wallet loading failed.",
  "in-use": "Wallet file verification failed.",
  damaged: "Wallet file verification failed.",
};

export function walletError(message: string, cause?: unknown): RpcError {
  return new RpcError(RpcErrorCode.wallet, message, { cause });
}

function notFound(message: string): RpcError {
  return new RpcError(RpcErrorCode.walletNotFound, `Wallet file verification failed. ${message}`);
}

function invalidPath(name: string, directory: string): string {
  return `Invalid -wallet path '${name}'. -wallet path should point to a directory where wallet.dat and database/log.?????????? files can be stored, a location where such a directory could be created, or (for backwards compatibility) the name of an existing data file in -walletdir ("${directory}")`;
}

/** Removes the files of a wallet that was made just now, and its folder when nothing else is in it. */
export function removeCreated(path: string): void {
  if (path === IN_MEMORY) return;
  try {
    for (const suffix of ["", "-wal", "-shm", "-journal"])
      rmSync(join(path, WALLET_FILE + suffix), { force: true });
    rmdirSync(path);
  } catch {
    // Something else lies there: it stays.
  }
}
