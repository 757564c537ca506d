import { extendedKey } from "./descriptor-text.ts";
import type { Wallet, WalletDescriptor } from "./wallet.ts";

/** An extended key that descriptors of a wallet are made of. */
export interface WalletHdKey {
  readonly xpub: string;
  /** Null when it is not known, or locked. */
  readonly xprv: string | null;
  readonly hasPrivate: boolean;
  readonly descriptors: readonly WalletDescriptor[];
}

const EXTENDED_KEY = /[xt](?:prv|pub)[1-9A-HJ-NP-Za-km-z]{100,}/g;

/**
 * The extended keys of a wallet as its descriptors were written: the private ones while it is
 * unlocked, in the order of their public text.
 */
export function hdKeysOf(wallet: Wallet, activeOnly: boolean): readonly WalletHdKey[] {
  const keys = new Map<string, { xprv: string | null; has: boolean; of: WalletDescriptor[] }>();
  for (const descriptor of wallet.descriptors) {
    if (activeOnly && !descriptor.active) continue;
    const text = wallet.secretText(descriptor) ?? descriptor.rootText;
    for (const [found] of text.matchAll(EXTENDED_KEY)) {
      const key = extendedKey(found, wallet.network);
      const xpub = key.formatPublic();
      const known = keys.get(xpub) ?? { xprv: null, has: false, of: [] };
      if (key.hasSecret) known.xprv = key.formatPrivate();
      if (key.hasSecret || descriptor.secretKeys.includes(xpub)) known.has = true;
      if (!known.of.includes(descriptor)) known.of.push(descriptor);
      keys.set(xpub, known);
    }
  }
  return [...keys]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([xpub, { xprv, has, of }]) => ({
      xpub,
      xprv,
      hasPrivate: has,
      descriptors: [...of].sort((a, b) => (a.text < b.text ? -1 : 1)),
    }));
}
