import { expandDescriptor, expandScripts } from "@compeer/protocol/wallet/expand-descriptor";
import { breathe } from "../chain/breathe.ts";
import type { DescriptorEntry } from "./descriptor-entry.ts";
import type { ScriptKeys } from "./script-keys.ts";
import type { WalletDescriptor } from "./wallet-descriptor.ts";
import type { WalletStore } from "./wallet-store.ts";
import type { DerivedScript, WatchedScripts } from "./watched-scripts.ts";

/** Between two turns of the event loop: some milliseconds of deriving. */
const SLICE = 64;
/** Scripts that a new descriptor has at once, before the others are derived. */
const FIRST = 16;

/**
 * The look-ahead of each descriptor: scripts that are watched before an address of them was given out.
 * Core: keypool, DescriptorScriptPubKeyMan::TopUp.
 */
export class ScriptPool {
  readonly #store: WalletStore;
  readonly #watched: WatchedScripts;
  readonly #keys: ScriptKeys;
  readonly #size: number;
  #isClosed = false;

  constructor(store: WalletStore, watched: WatchedScripts, keys: ScriptKeys, size: number) {
    this.#store = store;
    this.#watched = watched;
    this.#keys = keys;
    this.#size = Math.max(size, 1);
  }

  /** Ends deriving; what is missing is derived after the next load. */
  close(): void {
    this.#isClosed = true;
  }

  /** Watches up to `size` scripts ahead of those used; false when the secrets for it are locked. */
  async topUp(descriptor: WalletDescriptor, size: number = this.#size): Promise<boolean> {
    const entry = descriptor as DescriptorEntry;
    const before = entry.rangeEnd;
    this.#extend(entry, size);
    const wanted = entry.rangeEnd;
    const missing = this.#watched.firstMissing(entry);
    if (missing >= wanted && wanted === before) return true;
    for (let from = missing; from < wanted; from += SLICE) {
      if (!this.#derive(entry, from, Math.min(from + SLICE, wanted))) return false;
      if (from + SLICE < wanted) await breathe();
      if (this.#isClosed) return true;
    }
    this.#putRange(entry);
    return true;
  }

  /** Enough for the first addresses, at once; `topUp` derives the others. */
  begin(descriptor: WalletDescriptor): void {
    const entry = descriptor as DescriptorEntry;
    this.#extend(entry, this.#size);
    this.#derive(entry, entry.rangeStart, Math.min(entry.rangeStart + FIRST, entry.rangeEnd));
    this.#putRange(entry);
  }

  #extend(entry: DescriptorEntry, size: number): void {
    if (entry.isRanged) entry.rangeEnd = Math.max(entry.nextIndex + size, entry.rangeEnd);
    else {
      entry.rangeStart = 0;
      entry.rangeEnd = 1;
    }
  }

  /** As `topUp`, at once: for a script or two. */
  #topUpNow(entry: DescriptorEntry): void {
    this.#extend(entry, this.#size);
    this.#derive(entry, this.#watched.firstMissing(entry), entry.rangeEnd);
    this.#putRange(entry);
  }

  #putRange({ number, rangeStart, rangeEnd, nextIndex }: DescriptorEntry): void {
    this.#store.putRange(number, rangeStart, rangeEnd, nextIndex);
  }

  /** Derives the scripts of [from, to) that are not there; false when it cannot. */
  #derive(entry: DescriptorEntry, from: number, to: number): boolean {
    return this.#store.transaction(() => {
      for (let index = from; index < to; index++) {
        if (this.#watched.has(entry, index)) continue;
        const scripts = this.#expand(entry, index);
        if (scripts === null) {
          entry.rangeEnd = Math.max(entry.rangeStart, Math.min(entry.rangeEnd, index));
          return false;
        }
        for (const [form, each] of scripts.entries()) {
          const { script, descriptor: text } = each;
          this.#store.putScript({ descriptor: entry.number, index, script, text }, form);
          this.#watched.add(entry, index, each);
        }
      }
      return true;
    });
  }

  #expand(entry: DescriptorEntry, index: number): readonly DerivedScript[] | null {
    try {
      return expandScripts(entry.descriptor, index).map((script) => ({ script, descriptor: null }));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const secret = this.#keys.secretOf(entry);
      return secret === null ? null : expandDescriptor(secret, index);
    }
  }

  /** True when it can give new addresses, as far as that is known while locked. */
  canGiveAddresses(descriptor: WalletDescriptor): boolean {
    const { isRanged: ranged, type, hasSecret, nextIndex, rangeEnd } = descriptor;
    return ranged && type !== null && (hasSecret || nextIndex < rangeEnd);
  }

  /** The next unused script of a descriptor; null when the pool ran out. */
  next(descriptor: WalletDescriptor): Uint8Array | null {
    const entry = descriptor as DescriptorEntry;
    return this.#store.transaction(() => {
      // While a new descriptor is still being derived, what is asked for goes before the rest.
      if (this.#watched.firstMissing(entry) + SLICE < entry.rangeEnd) {
        this.#extend(entry, this.#size);
        this.#derive(entry, entry.nextIndex, entry.nextIndex + 1);
      } else this.#topUpNow(entry);
      const [script] = this.#watched.at(entry, entry.nextIndex);
      if (script === undefined) return null;
      entry.nextIndex++;
      this.#putRange(entry);
      return script;
    });
  }

  /** Gives back the script that `next` gave last. Core: ReturnDestination. */
  giveBack(script: Uint8Array): void {
    for (const { descriptor, index } of this.#watched.findAll(script)) {
      const entry = descriptor as DescriptorEntry;
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
    for (const { descriptor, index } of this.#watched.findAll(script)) {
      const entry = descriptor as DescriptorEntry;
      if (!entry.isRanged) continue;
      for (; entry.nextIndex <= index; entry.nextIndex++) {
        const [each] = this.#watched.at(entry, entry.nextIndex);
        if (each !== undefined) used.push({ script: each, descriptor: entry });
      }
      // An address that was given out before counts as well, when it is paid.
      if (entry.nextIndex + this.#size > entry.rangeEnd) this.#topUpNow(entry);
    }
    return used;
  }
}
