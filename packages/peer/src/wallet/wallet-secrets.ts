import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { ScriptBook } from "./script-book.ts";
import type { SecretVault } from "./secret-vault.ts";
import type { WalletStore } from "./wallet-store.ts";

/** Longest time that a timer of Node takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The passphrase of a wallet, and what it seals: the private descriptors and the words (BIP39). */
export class WalletSecrets {
  readonly #store: WalletStore;
  readonly #vault: SecretVault;
  readonly #scripts: ScriptBook;
  #relock: NodeJS.Timeout | null = null;
  #until = 0;

  constructor(store: WalletStore, vault: SecretVault, scripts: ScriptBook) {
    this.#store = store;
    this.#vault = vault;
    this.#scripts = scripts;
  }

  /** Seconds since 1970 at which it locks itself; 0 while locked. */
  get unlockedUntil(): number {
    return this.#until;
  }

  /** @throws RpcError -13 in Core's words */
  require(): void {
    if (this.#vault.isLocked)
      throw new RpcError(
        RpcErrorCode.walletUnlockNeeded,
        "Error: Please enter the wallet passphrase with walletpassphrase first.",
      );
  }

  /** Locks after some seconds. @param now seconds since 1970 */
  lockAfter(seconds: number, now: number): void {
    this.#until = now + seconds;
    if (this.#relock !== null) clearTimeout(this.#relock);
    this.#relock = setTimeout(() => this.lock(), Math.min(seconds * 1000, MAX_TIMER_MS));
    this.#relock.unref();
  }

  lock(): void {
    if (this.#relock !== null) clearTimeout(this.#relock);
    this.#relock = null;
    this.#until = 0;
    this.#vault.lock();
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

  /** Keeps the words that the wallet was made of, sealed like the keys. */
  setWords(words: string): void {
    this.#store.putMeta("words", this.#vault.seal(words));
  }

  /** The words; null when there are none. @throws RpcError -13 while locked */
  words(): string | null {
    const box = this.#store.meta("words");
    if (box === null) return null;
    this.require();
    return this.#vault.unseal(box);
  }
}
