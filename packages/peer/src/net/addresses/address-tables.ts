import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import { type NetworkKind, networkKind } from "./address-class.ts";
import {
  AddressEntry,
  addressKey,
  BUCKET_SIZE,
  NEW_BUCKETS,
  type Placement,
  TRIED_BUCKETS,
} from "./address-entry.ts";
import { formatAddress } from "./address-text.ts";

/** How many addresses of a network are in the tables. */
interface NetworkCount {
  new: number;
  tried: number;
}

/**
 * The two tables of the address book: addresses we heard of, and such as answered. Both are of fixed size.
 * This keeps them consistent; what goes in is decided by AddressBook. Core: AddrManImpl.
 */
export class AddressTables {
  readonly placement: Placement;
  readonly newSlots: (AddressEntry | null)[] = new Array(NEW_BUCKETS * BUCKET_SIZE).fill(null);
  readonly triedSlots: (AddressEntry | null)[] = new Array(TRIED_BUCKETS * BUCKET_SIZE).fill(null);
  /** All entries, in no order. */
  readonly list: AddressEntry[] = [];
  readonly counts: Map<NetworkKind, NetworkCount> = new Map();
  newCount = 0;
  triedCount = 0;
  readonly #byKey = new Map<string, AddressEntry>();
  readonly #log: (text: string) => void;

  constructor(placement: Placement, log: (text: string) => void) {
    this.placement = placement;
    this.#log = log;
  }

  find(address: SocketAddress): AddressEntry | null {
    return this.#byKey.get(addressKey(address)) ?? null;
  }

  has(entry: AddressEntry): boolean {
    return this.list[entry.place] === entry;
  }

  countOf(kind: NetworkKind): NetworkCount {
    const known = this.counts.get(kind);
    if (known !== undefined) return known;
    const count = { new: 0, tried: 0 };
    this.counts.set(kind, count);
    return count;
  }

  /** Makes an entry; it needs a place in a table next. */
  create(address: GossipedAddress, source: SocketAddress): AddressEntry {
    const entry = new AddressEntry(address, source);
    this.enter(entry);
    this.newCount++;
    this.countOf(networkKind(entry)).new++;
    return entry;
  }

  enter(entry: AddressEntry): void {
    this.#byKey.set(addressKey(entry), entry);
    entry.place = this.list.length;
    this.list.push(entry);
  }

  /** Forgets an entry that has no place in any table. */
  delete(entry: AddressEntry): void {
    this.swap(entry.place, this.list.length - 1);
    this.list.pop();
    this.#byKey.delete(addressKey(entry));
    entry.place = -1;
    this.newCount--;
    this.countOf(networkKind(entry)).new--;
  }

  swap(a: number, b: number): void {
    const first = this.list[a] as AddressEntry;
    const second = this.list[b] as AddressEntry;
    this.list[a] = second;
    this.list[b] = first;
    second.place = a;
    first.place = b;
  }

  /** Index into `newSlots` for an address as `source` names it. */
  newSlot(address: SocketAddress, source: SocketAddress): number {
    const bucket = this.placement.newBucket(address, source);
    return this.newSlotIn(address, bucket);
  }

  newSlotIn(address: SocketAddress, bucket: number): number {
    return bucket * BUCKET_SIZE + this.placement.position(address, true, bucket);
  }

  /** Index into `triedSlots`. */
  triedSlot(address: SocketAddress): number {
    const bucket = this.placement.triedBucket(address);
    return bucket * BUCKET_SIZE + this.placement.position(address, false, bucket);
  }

  /** Empties a place of the new table. */
  clearNew(slot: number): void {
    const entry = this.newSlots[slot];
    if (entry === null || entry === undefined) return;
    this.newSlots[slot] = null;
    entry.references--;
    this.#log(`Removed ${formatAddress(entry)} from new${at(slot)}`);
    if (entry.references === 0) this.delete(entry);
  }

  putNew(entry: AddressEntry, slot: number): void {
    this.clearNew(slot);
    entry.references++;
    this.newSlots[slot] = entry;
  }

  /** Moves an entry to the tried table; who has its place there goes back to the new one. */
  makeTried(entry: AddressEntry): void {
    this.#leaveNew(entry);
    const kind = networkKind(entry);
    this.newCount--;
    this.countOf(kind).new--;
    const slot = this.triedSlot(entry);
    this.#giveWay(slot);
    this.triedSlots[slot] = entry;
    entry.isTried = true;
    this.triedCount++;
    this.countOf(kind).tried++;
  }

  #leaveNew(entry: AddressEntry): void {
    const start = this.placement.newBucket(entry, entry.source);
    for (let n = 0; n < NEW_BUCKETS && entry.references > 0; n++) {
      const slot = this.newSlotIn(entry, (start + n) % NEW_BUCKETS);
      if (this.newSlots[slot] !== entry) continue;
      this.newSlots[slot] = null;
      entry.references--;
    }
  }

  #giveWay(slot: number): void {
    const old = this.triedSlots[slot];
    if (old === null || old === undefined) return;
    const count = this.countOf(networkKind(old));
    old.isTried = false;
    this.triedSlots[slot] = null;
    this.triedCount--;
    count.tried--;
    const back = this.newSlot(old, old.source);
    this.clearNew(back);
    old.references = 1;
    this.newSlots[back] = old;
    this.newCount++;
    count.new++;
    this.#log(`Moved ${formatAddress(old)} from tried${at(slot)} to new${at(back)} to make space`);
  }
}

/** As the log names a place: "[bucket][position]". */
export function at(slot: number): string {
  return `[${Math.floor(slot / BUCKET_SIZE)}][${slot % BUCKET_SIZE}]`;
}
