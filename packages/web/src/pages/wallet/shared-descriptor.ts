/** Who must agree to spend from a wallet that several people share. */
export interface Sharing {
  /** Signatures needed. */
  readonly needed: number;
  /** Extended public keys, one a line. */
  readonly keys: string;
  /** A key that can spend alone when the coins have lain still for a while; empty for none. */
  readonly rescuer: string;
  /** Blocks that they must have lain still for that. */
  readonly rescueBlocks: number;
}

/** More than this in one OP_CHECKMULTISIG are not valid. Core: MAX_PUBKEYS_PER_MULTISIG */
const MAX_KEYS = 20;
/** Blocks that a relative lock can wait for (BIP68). */
const MAX_BLOCKS = 65_535;
const KEY = /^\[[0-9a-fA-F]{8}(\/[0-9]+[h']?)*\][xt]pub[1-9A-HJ-NP-Za-km-z]{100,112}$/;

/** The keys of a text, one a line. */
export function keysOf(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .map((line) => line.replace(/\/<0;1>\/\*$|\/0\/\*$/, ""))
    .filter((line) => line !== "");
}

/**
 * The descriptor of a shared wallet: any `needed` of its keys sign (BIP48, BIP67), or later the rescuer
 * alone (miniscript, BIP379).
 *
 * @throws Error with one sentence about what is missing
 */
export function sharedDescriptor({ needed, keys, rescuer, rescueBlocks }: Sharing): string {
  const all = keysOf(keys);
  const [last = ""] = keysOf(rescuer);
  for (const key of last === "" ? all : [...all, last])
    if (!KEY.test(key))
      throw new Error(`This is no key with its origin, like [d34db33f/48h/0h/0h]xpub…: ${key}`);
  if (all.length < 2) throw new Error("A shared wallet has two keys or more, one a line.");
  if (all.length > MAX_KEYS) throw new Error(`A shared wallet has at most ${MAX_KEYS} keys.`);
  if (new Set([...all, last]).size <= all.length) throw new Error("One key is there twice.");
  if (!(Number.isInteger(needed) && needed >= 1 && needed <= all.length))
    throw new Error(`Signatures needed are 1 to ${all.length}.`);
  const branches = all.map((key) => `${key}/<0;1>/*`).join(",");
  if (last === "") return `wsh(sortedmulti(${needed},${branches}))`;
  if (!(Number.isInteger(rescueBlocks) && rescueBlocks >= 1 && rescueBlocks <= MAX_BLOCKS))
    throw new Error(`The rescue waits for 1 to ${MAX_BLOCKS} blocks.`);
  const rescue = `and_v(v:pk(${last}/<0;1>/*),older(${rescueBlocks}))`;
  return `wsh(or_d(multi(${needed},${branches}),${rescue}))`;
}

/** What that means, for people. */
export function sharingWords({ needed, keys, rescuer, rescueBlocks }: Sharing): string {
  const count = keysOf(keys).length;
  const together = `To spend, ${needed} of ${count} must sign.`;
  if (keysOf(rescuer).length === 0) return together;
  const days = Math.round(rescueBlocks / 144);
  return `${together} Coins that nobody moved for ${rescueBlocks} blocks, about ${days} days, the rescuer can spend alone.`;
}

/** The key that a wallet's native SegWit addresses are made of, with its origin; null when it has none. */
export function ownKey(descriptors: readonly { readonly desc: string }[]): string | null {
  for (const { desc } of descriptors) {
    const key = /^wpkh\((\[[0-9a-f]{8}[^\]]*\][xt]pub\w+)\/(?:0|<0;1>)\/\*\)/.exec(desc)?.[1];
    if (key !== undefined) return key;
  }
  return null;
}
