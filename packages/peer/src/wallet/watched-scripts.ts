import { type OutputType, outputTypeOf } from "./output-type.ts";
import { QuickFilter } from "./quick-filter.ts";
import { latin1 } from "./script-key.ts";
import type { OwnedScript, WalletDescriptor } from "./wallet-descriptor.ts";

/** A script, with its descriptor where only the secrets could tell it. */
export interface DerivedScript {
  readonly script: Uint8Array;
  readonly descriptor: string | null;
}

/** Offset from a script's end of four bytes that lie within its hash or key. */
const FROM_END = 8;

/** The scripts that the descriptors of a wallet mean, as far as they are watched. */
export class WatchedScripts {
  readonly #scripts = new Map<string, OwnedScript[]>();
  readonly #byPlace = new Map<WalletDescriptor, Map<number, Uint8Array[]>>();
  readonly #filter = new QuickFilter();
  /** Of scripts behind hardened steps: their descriptor without derivation. */
  readonly #texts = new Map<string, string>();

  add(
    descriptor: WalletDescriptor,
    index: number,
    { script, descriptor: text }: DerivedScript,
  ): void {
    const key = latin1(script);
    if (text !== null) this.#texts.set(key, text);
    const owned = new Owned(descriptor, index, descriptor.type ?? outputTypeOf(script));
    const known = this.#scripts.get(key);
    if (known === undefined) this.#scripts.set(key, [owned]);
    else known.push(owned);
    const at = script.length - FROM_END;
    if (at >= 0) this.#filter.add(script, at);
    this.#place(descriptor, index, script);
  }

  #place(descriptor: WalletDescriptor, index: number, script: Uint8Array): void {
    let places = this.#byPlace.get(descriptor);
    if (places === undefined) {
      places = new Map();
      this.#byPlace.set(descriptor, places);
    }
    const scripts = places.get(index);
    if (scripts === undefined) places.set(index, [script]);
    else scripts.push(script);
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
  at(descriptor: WalletDescriptor, index: number): readonly Uint8Array[] {
    return this.#byPlace.get(descriptor)?.get(index) ?? [];
  }

  has(descriptor: WalletDescriptor, index: number): boolean {
    return this.#byPlace.get(descriptor)?.has(index) === true;
  }

  /** The first index from `rangeStart` on that is not watched. */
  firstMissing(descriptor: WalletDescriptor): number {
    const places = this.#byPlace.get(descriptor);
    let index = descriptor.rangeStart;
    while (places?.has(index)) index++;
    return index;
  }

  /** The descriptor, without derivation, of a script that only the secrets could tell. */
  text(script: Uint8Array): string | null {
    return this.#texts.get(latin1(script)) ?? null;
  }

  /** How many scripts are watched. */
  get size(): number {
    return this.#scripts.size;
  }

  /** Every script that is watched, the newest last. */
  *all(): Iterable<Uint8Array> {
    for (const places of this.#byPlace.values())
      for (const scripts of places.values()) yield* scripts;
  }
}

class Owned implements OwnedScript {
  readonly descriptor: WalletDescriptor;
  readonly index: number;
  readonly type: OutputType | null;

  constructor(descriptor: WalletDescriptor, index: number, type: OutputType | null) {
    this.descriptor = descriptor;
    this.index = index;
    this.type = type;
  }

  get isChange(): boolean {
    return this.descriptor.internal === true;
  }
}
