import { latin1, latin1Bytes } from "./script-key.ts";
import type { WalletStore } from "./wallet-store.ts";

/** What a wallet is, once and for all but for `avoid_reuse` and `blank`. Core: WalletFlags. */
export type WalletFlag = "avoid_reuse" | "disable_private_keys" | "blank" | "external_signer";

/** The flags of a wallet, kept in its file. */
export class WalletFlags {
  readonly #store: WalletStore;
  readonly #set: Set<WalletFlag>;

  constructor(store: WalletStore) {
    this.#store = store;
    const text = store.meta("flags");
    const names = text === null ? [] : latin1(text).split(",");
    this.#set = new Set(names.filter((name) => name !== "") as WalletFlag[]);
  }

  get all(): ReadonlySet<WalletFlag> {
    return this.#set;
  }

  has(flag: WalletFlag): boolean {
    return this.#set.has(flag);
  }

  put(flag: WalletFlag, value: boolean): void {
    if (value) this.#set.add(flag);
    else this.#set.delete(flag);
    this.#store.putMeta("flags", latin1Bytes([...this.#set].join(",")));
  }
}
