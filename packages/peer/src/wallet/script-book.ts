import type { Network } from "@compeer/protocol/bitcoin/network";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import {
  expandDescriptor,
  expandScripts,
  isRanged,
} from "@compeer/protocol/wallet/expand-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import {
  type SigningKey,
  type SigningScript,
  signingScripts,
} from "@compeer/protocol/wallet/signing-script";
import { breathe } from "../chain/breathe.ts";
import { type OutputType, outputTypeOf } from "./output-type.ts";
import { QuickFilter } from "./quick-filter.ts";
import { latin1 } from "./script-key.ts";
import type { SecretVault } from "./secret-vault.ts";
import type { OwnedScript, WalletDescriptor } from "./wallet-descriptor.ts";
import type { DescriptorRow, WalletStore } from "./wallet-store.ts";

/** A descriptor while its wallet is loaded. */
interface Entry extends WalletDescriptor {
  active: boolean;
  internal: boolean | null;
  timestamp: number;
  hasSecret: boolean;
  secretKeys: readonly string[];
  rangeStart: number;
  rangeEnd: number;
  nextIndex: number;
}

/** What is known of a descriptor before it is in a wallet. */
export interface NewDescriptor {
  readonly id: string;
  readonly descriptor: Descriptor;
  readonly text: string;
  readonly secretText: string | null;
  readonly rootText: string;
  readonly secretKeys: readonly string[];
  readonly timestamp: number;
  readonly rangeStart: number;
  readonly rangeEnd: number;
  readonly nextIndex: number;
}

/** A script, with its descriptor where only the secrets could tell it. */
interface Expanded {
  readonly script: Uint8Array;
  readonly descriptor: string | null;
}

/** Between two turns of the event loop: some milliseconds of deriving. */
const SLICE = 64;
/** Offset from a script's end of four bytes that lie within its hash or key. */
const FROM_END = 8;

/**
 * The descriptors of a wallet and the scripts they mean, as far as they are watched. Scripts are stored
 * when they are derived: a load derives nothing, and a locked wallet knows what its secrets made.
 */
export class ScriptBook {
  readonly #store: WalletStore;
  readonly #vault: SecretVault;
  readonly #network: Network;
  readonly #keypool: number;
  readonly #entries: Entry[] = [];
  readonly #scripts = new Map<string, OwnedScript[]>();
  readonly #byPlace = new Map<Entry, Map<number, Uint8Array[]>>();
  readonly #filter = new QuickFilter();
  /** Of scripts behind hardened steps: their descriptor without derivation. */
  readonly #texts = new Map<string, string>();
  /** Private forms, read once while unlocked. */
  readonly #secrets = new Map<Entry, Descriptor>();

  constructor(store: WalletStore, vault: SecretVault, network: Network, keypool: number) {
    this.#store = store;
    this.#vault = vault;
    this.#network = network;
    this.#keypool = Math.max(keypool, 1);
    vault.onLock(() => this.#secrets.clear());
    this.#load();
  }

  #load(): void {
    const byNumber = new Map<number, Entry>();
    for (const row of this.#store.descriptors()) byNumber.set(row.number, this.#addEntry(row));
    for (const { descriptor, index, script, text } of this.#store.scripts())
      this.#own(byNumber.get(descriptor) as Entry, index, { script, descriptor: text });
  }

  #addEntry(row: DescriptorRow): Entry {
    const [descriptor] = parseDescriptor(row.text, this.#network) as [Descriptor];
    const entry: Entry = {
      number: row.number,
      id: row.id,
      descriptor,
      text: row.text,
      rootText: row.rootText,
      secretKeys: row.secretKeys,
      type: row.type,
      isRanged: isRanged(descriptor),
      hasSecret: row.secret !== null,
      timestamp: row.timestamp,
      active: row.active,
      internal: row.internal,
      rangeStart: row.rangeStart,
      rangeEnd: row.rangeEnd,
      nextIndex: row.nextIndex,
    };
    this.#entries.push(entry);
    this.#byPlace.set(entry, new Map());
    return entry;
  }

  get descriptors(): readonly WalletDescriptor[] {
    return this.#entries;
  }

  /** The descriptor that new addresses of a kind come from. */
  activeOf(type: OutputType, internal: boolean): WalletDescriptor | null {
    return (
      this.#entries.find(
        (each) => each.active && each.type === type && each.internal === internal,
      ) ?? null
    );
  }

  byId(id: string): WalletDescriptor | null {
    return this.#entries.find((each) => each.id === id) ?? null;
  }

  find(script: Uint8Array): OwnedScript | null {
    return this.findAll(script)[0] ?? null;
  }

  /** As every descriptor that means it. */
  findAll(script: Uint8Array): readonly OwnedScript[] {
    const at = script.length - FROM_END;
    if (at >= 0 && !this.#filter.mayHave(script, at)) return [];
    return this.#scripts.get(latin1(script)) ?? [];
  }

  /** The scripts of a descriptor at an index that is watched; one, or those of a combo(). */
  scriptsAt(descriptor: WalletDescriptor, index: number): readonly Uint8Array[] {
    return this.#byPlace.get(descriptor as Entry)?.get(index) ?? [];
  }

  /** Every script that is watched. */
  *watched(): Iterable<Uint8Array> {
    for (const places of this.#byPlace.values())
      for (const scripts of places.values()) yield* scripts;
  }

  /**
   * Takes in a descriptor, or changes one that is there. `topUp` derives its scripts.
   *
   * @throws Error in Core's words when the range becomes smaller
   */
  add(parts: NewDescriptor): WalletDescriptor {
    const known = this.#entries.find(({ id }) => id === parts.id);
    return known === undefined ? this.#insert(parts) : this.#update(known, parts);
  }

  #insert(parts: NewDescriptor): Entry {
    const { id, text, descriptor, timestamp, rangeStart, rangeEnd, nextIndex } = parts;
    const number = (this.#entries.at(-1)?.number ?? 0) + 1;
    const row: DescriptorRow = {
      number,
      id,
      text,
      rootText: parts.rootText,
      secretKeys: parts.secretKeys,
      type: descriptorType(descriptor, parts.secretText, this.#network),
      secret: parts.secretText === null ? null : this.#vault.seal(parts.secretText),
      timestamp,
      active: false,
      internal: null,
      rangeStart,
      rangeEnd,
      nextIndex,
    };
    this.#store.putDescriptor(row);
    return this.#addEntry(row);
  }

  #update(entry: Entry, parts: NewDescriptor): Entry {
    if (entry.isRanged && (parts.rangeStart > entry.rangeStart || parts.rangeEnd < entry.rangeEnd))
      throw new Error(
        `new range must include current range = [${entry.rangeStart},${entry.rangeEnd - 1}]`,
      );
    entry.timestamp = parts.timestamp;
    entry.rangeStart = parts.rangeStart;
    entry.rangeEnd = parts.rangeEnd;
    entry.nextIndex = parts.nextIndex;
    const { number, id, text, type, active, internal } = entry;
    const { timestamp, rangeStart, rangeEnd, nextIndex } = entry;
    const secret =
      parts.secretText !== null
        ? this.#vault.seal(parts.secretText)
        : (this.#store.descriptors().find((row) => row.number === number)?.secret ?? null);
    entry.hasSecret = secret !== null;
    if (parts.secretText !== null) entry.secretKeys = parts.secretKeys;
    this.#secrets.delete(entry);
    const { rootText, secretKeys } = entry;
    this.#store.putDescriptor({
      ...{ number, id, text, rootText, secretKeys, type, secret, timestamp },
      ...{ active, internal, rangeStart, rangeEnd, nextIndex },
    });
    return entry;
  }

  /** Makes it the one that new addresses come from, in place of the one before. */
  activate(descriptor: WalletDescriptor, internal: boolean): void {
    const entry = descriptor as Entry;
    for (const other of this.#entries)
      if (
        other !== entry &&
        other.active &&
        other.type === entry.type &&
        other.internal === internal
      )
        this.#setActive(other, false, null);
    this.#setActive(entry, true, internal);
  }

  /** No new addresses come from it any more, if they did for this purpose. */
  deactivate(descriptor: WalletDescriptor, internal: boolean): void {
    const entry = descriptor as Entry;
    if (entry.active && entry.internal === internal) this.#setActive(entry, false, null);
  }

  #setActive(entry: Entry, active: boolean, internal: boolean | null): void {
    this.#store.putActive(entry.number, active, internal);
    entry.active = active;
    entry.internal = internal;
  }

  /** Watches up to `size` scripts ahead of those used; false when the secrets for it are locked. */
  async topUp(descriptor: WalletDescriptor, size: number = this.#keypool): Promise<boolean> {
    const entry = descriptor as Entry;
    const before = entry.rangeEnd;
    this.#extend(entry, size);
    const wanted = entry.rangeEnd;
    const missing = this.#firstMissing(entry);
    if (missing >= wanted && wanted === before) return true;
    for (let from = missing; from < wanted; from += SLICE) {
      if (!this.#derive(entry, from, Math.min(from + SLICE, wanted))) return false;
      if (from + SLICE < wanted) await breathe();
    }
    this.#putRange(entry);
    return true;
  }

  #extend(entry: Entry, size: number): void {
    if (entry.isRanged) entry.rangeEnd = Math.max(entry.nextIndex + size, entry.rangeEnd);
    else {
      entry.rangeStart = 0;
      entry.rangeEnd = 1;
    }
  }

  #firstMissing(entry: Entry): number {
    const places = this.#byPlace.get(entry) as Map<number, Uint8Array[]>;
    let index = entry.rangeStart;
    while (places.has(index)) index++;
    return index;
  }

  /** As `topUp`, at once: for a script or two. */
  topUpNow(descriptor: WalletDescriptor): boolean {
    const entry = descriptor as Entry;
    this.#extend(entry, this.#keypool);
    const isWhole = this.#derive(entry, this.#firstMissing(entry), entry.rangeEnd);
    this.#putRange(entry);
    return isWhole;
  }

  #putRange({ number, rangeStart, rangeEnd, nextIndex }: Entry): void {
    this.#store.putRange(number, rangeStart, rangeEnd, nextIndex);
  }

  /** Derives the scripts of [from, to) that are not there; false when it cannot. */
  #derive(entry: Entry, from: number, to: number): boolean {
    const places = this.#byPlace.get(entry) as Map<number, Uint8Array[]>;
    return this.#store.transaction(() => {
      for (let index = from; index < to; index++) {
        if (places.has(index)) continue;
        const scripts = this.#expand(entry, index);
        if (scripts === null) {
          entry.rangeEnd = Math.max(entry.rangeStart, Math.min(entry.rangeEnd, index));
          return false;
        }
        for (const [form, each] of scripts.entries()) {
          const { script, descriptor: text } = each;
          this.#store.putScript({ descriptor: entry.number, index, script, text }, form);
          this.#own(entry, index, each);
        }
      }
      return true;
    });
  }

  #expand(entry: Entry, index: number): readonly Expanded[] | null {
    try {
      return expandScripts(entry.descriptor, index).map((script) => ({ script, descriptor: null }));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const secret = this.#secretOf(entry);
      return secret === null ? null : expandDescriptor(secret, index);
    }
  }

  #own(entry: Entry, index: number, { script, descriptor: text }: Expanded): void {
    const key = latin1(script);
    if (text !== null) this.#texts.set(key, text);
    const owned = new Owned(entry, index, entry.type ?? outputTypeOf(script));
    const known = this.#scripts.get(key);
    if (known === undefined) this.#scripts.set(key, [owned]);
    else known.push(owned);
    const at = script.length - FROM_END;
    if (at >= 0) this.#filter.add(script, at);
    const places = this.#byPlace.get(entry) as Map<number, Uint8Array[]>;
    const scripts = places.get(index);
    if (scripts === undefined) places.set(index, [script]);
    else scripts.push(script);
  }

  /** True when it can give new addresses, as far as that is known while locked. */
  canGiveAddresses(descriptor: WalletDescriptor): boolean {
    const { isRanged: ranged, type, hasSecret, nextIndex, rangeEnd } = descriptor;
    return ranged && type !== null && (hasSecret || nextIndex < rangeEnd);
  }

  /** The next unused script of a descriptor; null when the pool ran out. */
  next(descriptor: WalletDescriptor): Uint8Array | null {
    const entry = descriptor as Entry;
    return this.#store.transaction(() => {
      this.topUpNow(entry);
      const [script] = this.scriptsAt(entry, entry.nextIndex);
      if (script === undefined) return null;
      entry.nextIndex++;
      this.#putRange(entry);
      return script;
    });
  }

  /** Gives back the script that `next` gave last. Core: ReturnDestination. */
  giveBack(script: Uint8Array): void {
    for (const { descriptor, index } of this.findAll(script)) {
      const entry = descriptor as Entry;
      if (entry.nextIndex - 1 !== index) continue;
      entry.nextIndex--;
      this.#putRange(entry);
    }
  }

  /**
   * Notes that a script was used, and with it all before it.
   *
   * @returns scripts that became used, with their descriptor. Core: MarkUnusedAddresses
   */
  markUsed(script: Uint8Array): readonly { script: Uint8Array; descriptor: WalletDescriptor }[] {
    const used: { script: Uint8Array; descriptor: WalletDescriptor }[] = [];
    for (const { descriptor, index } of this.findAll(script)) {
      const entry = descriptor as Entry;
      if (!entry.isRanged) continue;
      for (; entry.nextIndex <= index; entry.nextIndex++) {
        const [each] = this.scriptsAt(entry, entry.nextIndex);
        if (each !== undefined) used.push({ script: each, descriptor: entry });
      }
      // An address that was given out before counts as well, when it is paid.
      if (entry.nextIndex + this.#keypool > entry.rangeEnd) this.topUpNow(entry);
    }
    return used;
  }

  /** Scripts that are watched and unused, over the active descriptors of one purpose or of both. */
  poolSize(internal?: boolean): number {
    return this.#entries
      .filter((each) => each.active && (internal === undefined || each.internal === internal))
      .reduce((sum, { rangeEnd, nextIndex }) => sum + Math.max(rangeEnd - nextIndex, 0), 0);
  }

  /** What signs for a script of ours, with secrets while unlocked. */
  signing(script: Uint8Array): SigningScript | null {
    let best: SigningScript | null = null;
    for (const { descriptor, index } of this.findAll(script)) {
      const found = this.#signingAt(descriptor as Entry, index).find((each) =>
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
    const text = this.#texts.get(latin1(script));
    if (text === undefined) return null;
    const [descriptor] = parseDescriptor(text, this.#network) as [Descriptor];
    return signingScripts(descriptor, 0)[0] ?? null;
  }

  /** The descriptor of one script of ours alone, without derivation; null when it is not ours. */
  describe(script: Uint8Array): string | null {
    const known = this.#texts.get(latin1(script));
    const [owned] = this.findAll(script);
    if (known !== undefined || owned === undefined) return known ?? null;
    const all = expandDescriptor(owned.descriptor.descriptor, owned.index);
    return all.find((each) => equalBytes(each.script, script))?.descriptor ?? null;
  }

  /**
   * A key of ours by its public key and the path that a PSBT names for it; its script may be one that
   * the wallet does not watch.
   */
  key(publicKey: Uint8Array, path: readonly number[]): SigningKey | null {
    const last = (path.at(-1) ?? 0) & 0x7fffffff;
    for (const entry of this.#entries) {
      const index = entry.isRanged ? last : 0;
      for (const { keys } of this.#signingAt(entry, index))
        for (const key of keys) if (isSameKey(key.publicKey, publicKey)) return key;
    }
    return null;
  }

  #signingAt(entry: Entry, index: number): readonly SigningScript[] {
    try {
      return signingScripts(this.#secretOf(entry) ?? entry.descriptor, index);
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

  /** All texts with secrets, for sealing them anew. */
  secretTexts(): readonly { readonly number: number; readonly text: string }[] {
    return this.#entries.flatMap((entry) => {
      const text = this.secretText(entry);
      return text === null ? [] : [{ number: entry.number, text }];
    });
  }

  #secretOf(entry: Entry): Descriptor | null {
    const known = this.#secrets.get(entry);
    if (known !== undefined) return known;
    const text = this.secretText(entry);
    if (text === null) return null;
    const [descriptor] = parseDescriptor(text, this.#network) as [Descriptor];
    this.#secrets.set(entry, descriptor);
    return descriptor;
  }
}

class Owned implements OwnedScript {
  readonly descriptor: Entry;
  readonly index: number;
  readonly type: OutputType | null;

  constructor(descriptor: Entry, index: number, type: OutputType | null) {
    this.descriptor = descriptor;
    this.index = index;
    this.type = type;
  }

  get isChange(): boolean {
    return this.descriptor.internal === true;
  }
}

/** The kind of all addresses of a descriptor; null for a combo() or bare scripts. Core: GetOutputType. */
function descriptorType(
  descriptor: Descriptor,
  secretText: string | null,
  network: Network,
): OutputType | null {
  const { node } = descriptor;
  if (node.type === "combo" || node.type === "raw") return null;
  if (node.type === "sh" && node.inner.type !== "wpkh" && node.inner.type !== "wsh")
    return "legacy";
  for (const each of [
    descriptor,
    ...(secretText === null ? [] : parseDescriptor(secretText, network)),
  ])
    try {
      const [script] = expandScripts(each, 0);
      return script === undefined ? null : outputTypeOf(script);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  return null;
}

function isSameKey(a: Uint8Array, b: Uint8Array): boolean {
  const [x, y] = a.length < b.length ? [a, b] : [b, a];
  return x.length === 32 && y.length === 33 ? equalBytes(x, y.subarray(1)) : equalBytes(x, y);
}
