import type { Network } from "@compeer/protocol/bitcoin/network";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { expandDescriptor } from "@compeer/protocol/wallet/expand-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import {
  type SigningKey,
  type SigningScript,
  signingScripts,
} from "@compeer/protocol/wallet/signing-script";
import type { SecretVault } from "./secret-vault.ts";
import type { WalletDescriptor } from "./wallet-descriptor.ts";
import type { WalletStore } from "./wallet-store.ts";
import type { WatchedScripts } from "./watched-scripts.ts";

/** What signs for the scripts of a wallet and describes them; with secrets while it is unlocked. */
export class ScriptKeys {
  readonly #store: WalletStore;
  readonly #vault: SecretVault;
  readonly #network: Network;
  readonly #watched: WatchedScripts;
  /** Private forms, read once while unlocked. */
  readonly #secrets = new Map<WalletDescriptor, Descriptor>();

  constructor(store: WalletStore, vault: SecretVault, network: Network, watched: WatchedScripts) {
    this.#store = store;
    this.#vault = vault;
    this.#network = network;
    this.#watched = watched;
    vault.onLock(() => this.#secrets.clear());
  }

  /** What signs for a script of ours, with secrets while unlocked. */
  signing(script: Uint8Array): SigningScript | null {
    let best: SigningScript | null = null;
    for (const { descriptor, index } of this.#watched.findAll(script)) {
      const found = this.#signingAt(descriptor, index).find((each) =>
        equalBytes(each.script, script),
      );
      if (found === undefined) continue;
      if (descriptor.hasSecret) return found;
      best ??= found;
    }
    return best ?? this.#publicSigning(script);
  }

  /** Of a script behind hardened steps while locked. */
  #publicSigning(script: Uint8Array): SigningScript | null {
    const text = this.#watched.text(script);
    if (text === null) return null;
    const [descriptor] = parseDescriptor(text, this.#network) as [Descriptor];
    return signingScripts(descriptor, 0)[0] ?? null;
  }

  /** The descriptor of one script of ours alone, without derivation; null when it is not ours. */
  describe(script: Uint8Array): string | null {
    const known = this.#watched.text(script);
    const owned = this.#watched.find(script);
    if (known !== null || owned === null) return known;
    const all = expandDescriptor(owned.descriptor.descriptor, owned.index);
    return all.find((each) => equalBytes(each.script, script))?.descriptor ?? null;
  }

  /**
   * A key of `descriptors` by its public key and the path that a PSBT names for it; its script may be
   * one that the wallet does not watch.
   */
  key(
    descriptors: readonly WalletDescriptor[],
    publicKey: Uint8Array,
    path: readonly number[],
  ): SigningKey | null {
    const last = (path.at(-1) ?? 0) & 0x7fffffff;
    for (const each of descriptors)
      for (const { keys } of this.#signingAt(each, each.isRanged ? last : 0))
        for (const key of keys) if (isSameKey(key.publicKey, publicKey)) return key;
    return null;
  }

  #signingAt(descriptor: WalletDescriptor, index: number): readonly SigningScript[] {
    try {
      return signingScripts(this.secretOf(descriptor) ?? descriptor.descriptor, index);
    } catch (error) {
      if (error instanceof RangeError) return [];
      throw error;
    }
  }

  /** Text with secrets; null when there are none, or they are locked. */
  secretText(descriptor: WalletDescriptor): string | null {
    if (!descriptor.hasSecret) return null;
    const row = this.#store.descriptors().find(({ number }) => number === descriptor.number);
    return row?.secret == null ? null : this.#vault.unseal(row.secret);
  }

  /** The form with secrets; null when there are none, or they are locked. */
  secretOf(descriptor: WalletDescriptor): Descriptor | null {
    const known = this.#secrets.get(descriptor);
    if (known !== undefined) return known;
    const text = this.secretText(descriptor);
    if (text === null) return null;
    const [secret] = parseDescriptor(text, this.#network) as [Descriptor];
    this.#secrets.set(descriptor, secret);
    return secret;
  }

  /** To be called when the secrets of a descriptor were changed. */
  forget(descriptor: WalletDescriptor): void {
    this.#secrets.delete(descriptor);
  }
}

function isSameKey(a: Uint8Array, b: Uint8Array): boolean {
  const [x, y] = a.length < b.length ? [a, b] : [b, a];
  return x.length === 32 && y.length === 33 ? equalBytes(x, y.subarray(1)) : equalBytes(x, y);
}
