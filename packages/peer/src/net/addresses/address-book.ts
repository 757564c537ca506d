import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import type { Clock } from "../../clock/clock.ts";
import type { NetLog } from "../net-parts.ts";
import type { Random } from "../random.ts";
import { isRoutable, isValid, type NetworkKind, netClass, networkKind } from "./address-class.ts";
import {
  type AddressEntry,
  addressKey,
  BUCKET_SIZE,
  MAX_REFERENCES,
  NEW_BUCKETS,
  TRIED_BUCKETS,
} from "./address-entry.ts";
import { type AddressTables, at } from "./address-tables.ts";
import { formatAddress, formatHost } from "./address-text.ts";
import { checkTables } from "./check-tables.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** A tried address that answered within this time is not evicted, seconds. */
const REPLACEMENT = 4 * HOUR;
/** Longest that a collision is kept open, seconds. */
const TEST_WINDOW = 40 * MINUTE;
/** Most addresses that wait for the test of who has their place. */
const MAX_COLLISIONS = 10;

interface BookParts {
  /** One in so many changes checks the whole book (-checkaddrman); 0 for none. */
  readonly checkRatio?: number;
  readonly clock: Pick<Clock, "now">;
  readonly log: Pick<NetLog, "debug">;
  readonly random: Random;
}

/** Where an entry stands. Core: AddressPosition. */
export interface AddressPlace {
  readonly entry: AddressEntry;
  readonly isTried: boolean;
  readonly bucket: number;
  readonly position: number;
}

/**
 * Addresses of other peers, so kept that somebody who floods us with his own cannot crowd out the others:
 * tables of fixed size, places chosen by a secret key and by groups of addresses, and nobody loses his
 * place in the tried table without having been called first. Core: AddrMan.
 */
export class AddressBook {
  readonly tables: AddressTables;
  readonly #clock: Pick<Clock, "now">;
  readonly #random: Random;
  readonly #debug: (text: string) => void;
  /** Entries that want a taken place in the tried table. */
  readonly #collisions = new Set<AddressEntry>();
  readonly #checkRatio: number;
  #lastGood = 1;

  constructor(tables: AddressTables, parts: BookParts) {
    this.tables = tables;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#checkRatio = parts.checkRatio ?? 0;
    this.#debug = (text) => parts.log.debug("addrman", text);
  }

  get size(): number {
    return this.tables.list.length;
  }

  /** Number of addresses of a network. */
  sizeOf(kind: NetworkKind): number {
    const count = this.tables.counts.get(kind);
    return count === undefined ? 0 : count.new + count.tried;
  }

  /**
   * Adds what somebody named; true when something was new.
   *
   * @param penalty seconds by which times are made older, so that gossip does not outlive its subject
   */
  add(addresses: readonly GossipedAddress[], source: SocketAddress, penalty = 0): boolean {
    let added = 0;
    for (const address of addresses) if (this.#addOne(address, source, penalty)) added++;
    if (added > 0)
      this.#debug(
        `Added ${added} addresses (of ${addresses.length}) from ${formatHost(source)}: ${this.tables.triedCount} tried, ${this.tables.newCount} new`,
      );
    this.#check();
    return added > 0;
  }

  /** Now and then, where it was asked for. @throws Error when the book is inconsistent: our own fault */
  #check(): void {
    if (this.#checkRatio === 0 || this.#random.below(this.#checkRatio) > 0) return;
    const fault = checkTables(this.tables, this.#debug);
    if (fault !== 0) throw new Error(`ADDRMAN CONSISTENCY CHECK FAILED!!! err=${fault}`);
  }

  #addOne(address: GossipedAddress, source: SocketAddress, askedPenalty: number): boolean {
    if (!isRoutable(address)) return false;
    const isSelf = addressKey({ ...source, port: address.port }) === addressKey(address);
    const penalty = isSelf ? 0 : askedPenalty;
    const { tables } = this;
    const known = tables.find(address);
    if (known !== null && !this.#mayHaveAnotherPlace(known, address, penalty)) return false;
    const entry = known ?? tables.create(address, source);
    if (known === null) entry.time = Math.max(0, entry.time - penalty);
    const slot = tables.newSlot(entry, source);
    const holder = tables.newSlots[slot] ?? null;
    if (holder === entry) return false;
    const isFree =
      holder === null ||
      holder.isTerrible(this.#clock.now()) ||
      (holder.references > 1 && entry.references === 0);
    if (isFree) {
      tables.putNew(entry, slot);
      this.#debug(`Added ${formatAddress(entry)}${this.#asText(entry)} to new${at(slot)}`);
    } else if (entry.references === 0) tables.delete(entry);
    return isFree;
  }

  /** Brings a known entry up to date; another place is ever harder to get. */
  #mayHaveAnotherPlace(entry: AddressEntry, address: GossipedAddress, penalty: number): boolean {
    const isOnline = this.#clock.now() - address.time < DAY;
    const interval = isOnline ? HOUR : DAY;
    if (entry.time < address.time - interval - penalty)
      entry.time = Math.max(0, address.time - penalty);
    entry.services |= address.services;
    if (address.time <= entry.time || entry.isTried) return false;
    if (entry.references === MAX_REFERENCES) return false;
    return entry.references === 0 || this.#random.below(2 ** entry.references) === 0;
  }

  #asText(address: SocketAddress): string {
    const system = this.tables.placement.groups.autonomousSystem(address);
    return system === 0 ? "" : ` mapped to AS${system}`;
  }

  /**
   * It answered: it goes to the tried table, or waits until who has its place there was called.
   *
   * @returns true when it moved
   */
  good(address: SocketAddress, isTestedFirst = true): boolean {
    const now = this.#clock.now();
    this.#lastGood = now;
    const entry = this.tables.find(address);
    if (entry === null) return false;
    entry.lastSuccess = now;
    entry.lastTry = now;
    entry.attempts = 0;
    // Its time stays: it would tell others whom we are connected to.
    if (entry.isTried || entry.references === 0) return false;
    const slot = this.tables.triedSlot(entry);
    const holder = this.tables.triedSlots[slot] ?? null;
    if (isTestedFirst && holder !== null) {
      if (this.#collisions.size < MAX_COLLISIONS) this.#collisions.add(entry);
      this.#debug(
        `Collision with ${formatAddress(holder)} while attempting to move ${formatAddress(entry)} to tried table. Collisions=${this.#collisions.size}`,
      );
      return false;
    }
    this.tables.makeTried(entry);
    this.#check();
    this.#debug(`Moved ${formatAddress(entry)}${this.#asText(entry)} to tried${at(slot)}`);
    return true;
  }

  /** We call it. @param countFailure whether a failure counts against it: not when we seem to be offline */
  attempt(address: SocketAddress, countFailure: boolean): void {
    const entry = this.tables.find(address);
    if (entry === null) return;
    const now = this.#clock.now();
    entry.lastTry = now;
    if (!countFailure || entry.lastCountedAttempt >= this.#lastGood) return;
    entry.lastCountedAttempt = now;
    entry.attempts++;
  }

  /** It was connected until now. */
  connected(address: SocketAddress): void {
    const entry = this.tables.find(address);
    const now = this.#clock.now();
    if (entry !== null && now - entry.time > 20 * MINUTE) entry.time = now;
  }

  /** What it told about itself. */
  setServices(address: SocketAddress, services: bigint): void {
    const entry = this.tables.find(address);
    if (entry !== null) entry.services = services;
  }

  /**
   * Draws an address to call, of these networks; null when there is none.
   *
   * @param isNewOnly draws among those that never answered
   */
  select(isNewOnly: boolean, networks: ReadonlySet<NetworkKind> | null): AddressEntry | null {
    const { tables } = this;
    let newCount = tables.newCount;
    let triedCount = tables.triedCount;
    if (networks !== null) {
      newCount = 0;
      triedCount = 0;
      for (const kind of networks) {
        newCount += tables.counts.get(kind)?.new ?? 0;
        triedCount += tables.counts.get(kind)?.tried ?? 0;
      }
    }
    if (newCount + triedCount === 0 || (isNewOnly && newCount === 0)) return null;
    let fromTried = false;
    if (!isNewOnly && triedCount > 0) fromTried = newCount === 0 || this.#random.below(2) === 0;
    return this.#draw(fromTried, networks);
  }

  #draw(fromTried: boolean, networks: ReadonlySet<NetworkKind> | null): AddressEntry {
    const slots = fromTried ? this.tables.triedSlots : this.tables.newSlots;
    const buckets = fromTried ? TRIED_BUCKETS : NEW_BUCKETS;
    const now = this.#clock.now();
    for (let factor = 1; ; ) {
      const bucket = this.#random.below(buckets);
      const first = this.#random.below(BUCKET_SIZE);
      const entry = firstIn(slots, bucket, first, networks);
      if (entry === null) continue;
      if (this.#random.below(2 ** 30) < factor * entry.chance(now) * 2 ** 30) {
        this.#debug(`Selected ${formatAddress(entry)} from ${fromTried ? "tried" : "new"}`);
        return entry;
      }
      factor *= 1.2;
    }
  }

  /** Some of the addresses, drawn at random; of all or of one network. Core: GetAddr. */
  sample(
    max: number,
    maxPercent: number,
    network: NetworkKind | null = null,
    isFiltered = true,
  ): GossipedAddress[] {
    const { list } = this.tables;
    let wanted = maxPercent === 0 ? list.length : Math.floor((maxPercent * list.length) / 100);
    if (max !== 0) wanted = Math.min(wanted, max);
    const now = this.#clock.now();
    this.#check();
    const drawn: GossipedAddress[] = [];
    for (let i = 0; i < list.length && drawn.length < wanted; i++) {
      this.tables.swap(i, i + this.#random.below(list.length - i));
      const entry = list[i] as AddressEntry;
      if (network !== null && netClass(entry) !== network) continue;
      if (isFiltered && entry.isTerrible(now)) continue;
      const { host, port, time, services } = entry;
      drawn.push({ network: entry.network, host, port, time, services });
    }
    this.#debug(`GetAddr returned ${drawn.length} random addresses`);
    return drawn;
  }

  /** Settles what can be settled of who waits for a place in the tried table. */
  resolveCollisions(): void {
    for (const entry of [...this.#collisions])
      if (this.#isResolved(entry)) this.#collisions.delete(entry);
  }

  #isResolved(entry: AddressEntry): boolean {
    if (!this.tables.has(entry) || !isValid(entry)) return true;
    const holder = this.tables.triedSlots[this.tables.triedSlot(entry)] ?? null;
    const now = this.#clock.now();
    if (holder !== null) {
      if (now - holder.lastSuccess < REPLACEMENT) return true;
      if (now - holder.lastTry < REPLACEMENT) {
        // It was called and has a minute to answer.
        if (now - holder.lastTry <= MINUTE) return false;
        this.#debug(
          `Replacing ${formatAddress(holder)} with ${formatAddress(entry)} in tried table`,
        );
      } else if (now - entry.lastSuccess > TEST_WINDOW)
        this.#debug(
          `Unable to test; replacing ${formatAddress(holder)} with ${formatAddress(entry)} in tried table anyway`,
        );
      else return false;
    }
    this.good(entry, false);
    return true;
  }

  /** Draws a tried address that another waits for: it is to be called. */
  selectCollision(): AddressEntry | null {
    if (this.#collisions.size === 0) return null;
    const entry = [...this.#collisions][this.#random.below(this.#collisions.size)] as AddressEntry;
    if (this.tables.has(entry)) return this.tables.triedSlots[this.tables.triedSlot(entry)] ?? null;
    this.#collisions.delete(entry);
    return null;
  }

  /** Everything in a table, by place. */
  places(isTried: boolean): AddressPlace[] {
    const slots = isTried ? this.tables.triedSlots : this.tables.newSlots;
    const places: AddressPlace[] = [];
    for (const [slot, entry] of slots.entries())
      if (entry !== null)
        places.push({
          entry,
          isTried,
          bucket: Math.floor(slot / BUCKET_SIZE),
          position: slot % BUCKET_SIZE,
        });
    return places;
  }
}

/** The first entry of a bucket that fits, from a position on and around. */
function firstIn(
  slots: readonly (AddressEntry | null)[],
  bucket: number,
  first: number,
  networks: ReadonlySet<NetworkKind> | null,
): AddressEntry | null {
  for (let i = 0; i < BUCKET_SIZE; i++) {
    const entry = slots[bucket * BUCKET_SIZE + ((first + i) % BUCKET_SIZE)] ?? null;
    if (entry !== null && (networks === null || networks.has(networkKind(entry)))) return entry;
  }
  return null;
}
