import { randomKey, seal, sealKey, unseal, unsealKey } from "./secret-box.ts";
import type { WalletStore } from "./wallet-store.ts";

/**
 * Keeps what is secret: plain in a wallet without passphrase, else sealed by a key that is in memory
 * only while the wallet is unlocked, and in the file only sealed by the passphrase.
 */
export class SecretVault {
  readonly #store: WalletStore;
  #isEncrypted: boolean;
  #key: Uint8Array | null = null;
  readonly #listeners: (() => void)[] = [];

  constructor(store: WalletStore) {
    this.#store = store;
    this.#isEncrypted = store.meta("master") !== null;
  }

  get isEncrypted(): boolean {
    return this.#isEncrypted;
  }

  get isLocked(): boolean {
    return this.#isEncrypted && this.#key === null;
  }

  onLock(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** False when the passphrase is another. */
  async unlock(passphrase: string): Promise<boolean> {
    const master = this.#store.meta("master");
    if (master === null) return false;
    const key = await unsealKey(passphrase, master);
    if (key === null) return false;
    this.#key = key;
    return true;
  }

  lock(): void {
    this.#key?.fill(0);
    this.#key = null;
    for (const listener of this.#listeners) listener();
  }

  /** False when the old passphrase is another. */
  async changePassphrase(before: string, after: string): Promise<boolean> {
    const master = this.#store.meta("master");
    const key = master === null ? null : await unsealKey(before, master);
    if (key === null) return false;
    this.#store.putMeta("master", await sealKey(after, key));
    key.fill(0);
    this.#store.rewrite(); // the old passphrase opens no part of the file any more
    return true;
  }

  /**
   * From now on everything is sealed.
   *
   * @param reseal stores anew what was plain; its writes and the key's are one
   */
  async encrypt(passphrase: string, reseal: () => void): Promise<void> {
    const key = randomKey();
    const master = await sealKey(passphrase, key);
    this.#store.transaction(() => {
      this.#store.putMeta("master", master);
      this.#isEncrypted = true;
      this.#key = key;
      reseal();
    });
    this.#store.rewrite();
  }

  /** @throws Error while locked */
  seal(text: string): Uint8Array {
    const plain = new TextEncoder().encode(text);
    if (!this.#isEncrypted) return plain;
    if (this.#key === null) throw new Error("a locked wallet takes no secrets");
    return seal(this.#key, plain);
  }

  /** Null while locked. @throws Error when it was changed */
  unseal(box: Uint8Array): string | null {
    if (!this.#isEncrypted) return new TextDecoder().decode(box);
    if (this.#key === null) return null;
    const plain = unseal(this.#key, box);
    if (plain === null)
      throw new Error("a secret of this wallet does not open: the file is damaged");
    return new TextDecoder().decode(plain);
  }
}
