import type { Network } from "@compeer/protocol/bitcoin/network";
import type { Descriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { type DescriptorEntry, descriptorEntry, descriptorType } from "./descriptor-entry.ts";
import type { OutputType } from "./output-type.ts";
import { ScriptKeys } from "./script-keys.ts";
import { ScriptPool } from "./script-pool.ts";
import type { SecretVault } from "./secret-vault.ts";
import type { WalletDescriptor } from "./wallet-descriptor.ts";
import type { DescriptorRow, WalletStore } from "./wallet-store.ts";
import { WatchedScripts } from "./watched-scripts.ts";

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

/**
 * The descriptors of a wallet, with the scripts that they mean. Scripts are stored when they are
 * derived: a load derives nothing, and a locked wallet knows what its secrets made.
 */
export class ScriptBook {
  readonly watched: WatchedScripts = new WatchedScripts();
  readonly keys: ScriptKeys;
  readonly pool: ScriptPool;
  readonly #store: WalletStore;
  readonly #vault: SecretVault;
  readonly #network: Network;
  readonly #entries: DescriptorEntry[] = [];

  constructor(store: WalletStore, vault: SecretVault, network: Network, keypool: number) {
    this.#store = store;
    this.#vault = vault;
    this.#network = network;
    this.keys = new ScriptKeys(store, vault, network, this.watched);
    this.pool = new ScriptPool(store, this.watched, this.keys, keypool);
    this.#load();
  }

  #load(): void {
    const byNumber = new Map<number, DescriptorEntry>();
    for (const row of this.#store.descriptors()) byNumber.set(row.number, this.#addEntry(row));
    for (const { descriptor, index, script, text } of this.#store.scripts()) {
      const entry = byNumber.get(descriptor) as DescriptorEntry;
      this.watched.add(entry, index, { script, descriptor: text });
    }
  }

  #addEntry(row: DescriptorRow): DescriptorEntry {
    const entry = descriptorEntry(row, this.#network);
    this.#entries.push(entry);
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

  /**
   * Takes in a descriptor, or changes one that is there. The pool derives its scripts.
   *
   * @throws Error in Core's words when the range becomes smaller
   */
  add(parts: NewDescriptor): WalletDescriptor {
    const known = this.#entries.find(({ id }) => id === parts.id);
    return known === undefined ? this.#insert(parts) : this.#update(known, parts);
  }

  #insert(parts: NewDescriptor): DescriptorEntry {
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

  #update(entry: DescriptorEntry, parts: NewDescriptor): DescriptorEntry {
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
    this.keys.forget(entry);
    const { rootText, secretKeys } = entry;
    this.#store.putDescriptor({
      ...{ number, id, text, rootText, secretKeys, type, secret, timestamp },
      ...{ active, internal, rangeStart, rangeEnd, nextIndex },
    });
    return entry;
  }

  /** Makes it the one that new addresses come from, in place of the one before. */
  activate(descriptor: WalletDescriptor, internal: boolean): void {
    const entry = descriptor as DescriptorEntry;
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
    const entry = descriptor as DescriptorEntry;
    if (entry.active && entry.internal === internal) this.#setActive(entry, false, null);
  }

  #setActive(entry: DescriptorEntry, active: boolean, internal: boolean | null): void {
    this.#store.putActive(entry.number, active, internal);
    entry.active = active;
    entry.internal = internal;
  }

  /** True when an active descriptor of a purpose can give addresses. Core: CanGetAddresses. */
  canGiveAddresses(internal: boolean): boolean {
    return this.#entries.some(
      (each) => each.active && each.internal === internal && this.pool.canGiveAddresses(each),
    );
  }

  /** Scripts that are watched and unused, over the active descriptors of one purpose or of both. */
  poolSize(internal?: boolean): number {
    return this.#entries
      .filter((each) => each.active && (internal === undefined || each.internal === internal))
      .reduce((sum, { rangeEnd, nextIndex }) => sum + Math.max(rangeEnd - nextIndex, 0), 0);
  }

  /** All texts with secrets, for sealing them anew. */
  secretTexts(): readonly { readonly number: number; readonly text: string }[] {
    return this.#entries.flatMap((entry) => {
      const text = this.keys.secretText(entry);
      return text === null ? [] : [{ number: entry.number, text }];
    });
  }
}
