import { readU32 } from "@compeer/protocol/bytes/reader";
import { writeU32 } from "@compeer/protocol/bytes/writer";
import { CoinArena, chunkOf, UNIT, wordOf } from "./coin-arena.ts";
import type { OutpointHash } from "./outpoint-hash.ts";

/** The store does not have what the record says. Core: CCoinsCacheEntry::DIRTY. */
export const DIRTY = 1;
/** The store has no coin of this outpoint: once spent, the record can simply go. Core: CCoinsCacheEntry::FRESH. */
export const FRESH = 2;
/** The coin is spent; the record only says that the store must be told. */
export const SPENT = 4;

const SHARD_COUNT = 256;
const FIRST_SLOTS = 16;
/** A record begins with the txid (8 words), the output number, and length and flags of the value in one word. */
const HEAD_WORDS = 10;
const HEAD_BYTES: number = HEAD_WORDS * 4;
const FLAG_BITS = 3;
const FLAG_MASK = 7;

/**
 * Coins by outpoint, without an object per coin: a hash table whose slots are two words, the hash and
 * the place of the record, over records in an arena. It is cut into shards that grow one by one, so
 * that growing never stops the world. No record can be as large as to fall outside of a chunk.
 *
 * Everything goes by the outpoint set last with `seek`; `find`, `insert` and `remove` mean that one.
 * A place stays valid until its record is removed or resized.
 */
export class CoinTable {
  readonly #hash: OutpointHash;
  #arena = new CoinArena();
  #shards: Shard[] = emptyShards();
  #count = 0;
  #slots: number = SHARD_COUNT * FIRST_SLOTS;
  /** The outpoint that is sought. */
  readonly #key = new Int32Array(9);
  #sought = 0;

  constructor(hash: OutpointHash) {
    this.#hash = hash;
  }

  /** Records, spent ones included. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of memory taken. */
  get bytes(): number {
    return this.#arena.bytes + this.#slots * 8;
  }

  /** Chooses the outpoint with the txid at bytes[at, at + 32); returns its hash. */
  seek(bytes: Uint8Array, at: number, index: number): number {
    const key = this.#key;
    for (let i = 0; i < 8; i++) key[i] = readU32(bytes, at + 4 * i);
    key[8] = index;
    this.#sought = this.#hash.of(bytes, at, index);
    return this.#sought;
  }

  /** Place of the record, 0 when there is none. */
  find(): number {
    const shard = this.#shards[this.#sought & (SHARD_COUNT - 1)] as Shard;
    const slot = this.#slotOf(shard);
    return slot < 0 ? 0 : (shard.slots[2 * slot + 1] as number);
  }

  /** Adds a record that must not be there yet, with room for a value of `length`; returns its place. */
  insert(length: number, flags: number): number {
    const place = this.#newRecord(length, flags);
    const shard = this.#shards[this.#sought & (SHARD_COUNT - 1)] as Shard;
    if ((shard.count + 1) * 4 > (shard.mask + 1) * 3) this.#slots += shard.grow();
    shard.put(this.#sought, place);
    this.#count++;
    return place;
  }

  /** Gives the record, whose place is `place`, room for another value; returns its new place. */
  resize(place: number, length: number, flags: number): number {
    if (unitsFor(this.lengthAt(place)) === unitsFor(length)) {
      this.#setHead(place, length, flags);
      return place;
    }
    const shard = this.#shards[this.#sought & (SHARD_COUNT - 1)] as Shard;
    const slot = this.#slotOf(shard);
    this.#arena.free(place, unitsFor(this.lengthAt(place)));
    const moved = this.#newRecord(length, flags);
    shard.slots[2 * slot + 1] = moved;
    return moved;
  }

  /** Removes the record, which must be there. */
  remove(): void {
    const shard = this.#shards[this.#sought & (SHARD_COUNT - 1)] as Shard;
    const slot = this.#slotOf(shard);
    const place = shard.slots[2 * slot + 1] as number;
    this.#arena.free(place, unitsFor(this.lengthAt(place)));
    shard.take(slot);
    this.#count--;
  }

  /** Drops everything. */
  clear(): void {
    this.#arena = new CoinArena();
    this.#shards = emptyShards();
    this.#slots = SHARD_COUNT * FIRST_SLOTS;
    this.#count = 0;
  }

  flagsAt(place: number): number {
    return this.#head(place) & FLAG_MASK;
  }

  setFlags(place: number, flags: number): void {
    this.#setHead(place, this.lengthAt(place), flags);
  }

  /** Length of the value. */
  lengthAt(place: number): number {
    return this.#head(place) >>> FLAG_BITS;
  }

  /** The bytes that the value lies in, at `valueAt`. */
  chunkAt(place: number): Uint8Array {
    return this.#arena.chunks[chunkOf(place)] as Uint8Array;
  }

  valueAt(place: number): number {
    return wordOf(place) * 4 + HEAD_BYTES;
  }

  /** A view of the value. */
  valueOf(place: number): Uint8Array {
    const at = this.valueAt(place);
    return this.chunkAt(place).subarray(at, at + this.lengthAt(place));
  }

  /** Writes the txid of a record to out[at, at + 32) and returns the output number. */
  outpointAt(place: number, out: Uint8Array, at: number): number {
    const words = this.#arena.words[chunkOf(place)] as Int32Array;
    const first = wordOf(place);
    for (let i = 0; i < 8; i++) writeU32(out, at + 4 * i, words[first + i] as number);
    return (words[first + 8] as number) >>> 0;
  }

  /** Number of parts for `placesOf`. */
  get shardCount(): number {
    return SHARD_COUNT;
  }

  /** Places of all records of one part. */
  placesOf(shard: number): Int32Array {
    return (this.#shards[shard] as Shard).places();
  }

  #head(place: number): number {
    return (this.#arena.words[chunkOf(place)] as Int32Array)[wordOf(place) + 9] as number;
  }

  #setHead(place: number, length: number, flags: number): void {
    const words = this.#arena.words[chunkOf(place)] as Int32Array;
    words[wordOf(place) + 9] = (length << FLAG_BITS) | flags;
  }

  #newRecord(length: number, flags: number): number {
    const place = this.#arena.allocate(unitsFor(length));
    const words = this.#arena.words[chunkOf(place)] as Int32Array;
    const first = wordOf(place);
    const key = this.#key;
    for (let i = 0; i < 9; i++) words[first + i] = key[i] as number;
    words[first + 9] = (length << FLAG_BITS) | flags;
    return place;
  }

  /** Slot of the sought outpoint, -1 when there is none. */
  #slotOf(shard: Shard): number {
    const { slots, mask } = shard;
    const hash = this.#sought;
    for (let slot = (hash >>> 8) & mask; ; slot = (slot + 1) & mask) {
      const place = slots[2 * slot + 1] as number;
      if (place === 0) return -1;
      if (slots[2 * slot] === hash && this.#hasKey(place)) return slot;
    }
  }

  #hasKey(place: number): boolean {
    const words = this.#arena.words[chunkOf(place)] as Int32Array;
    const first = wordOf(place);
    const key = this.#key;
    for (let i = 0; i < 9; i++) if (words[first + i] !== key[i]) return false;
    return true;
  }
}

/** One part of the table: open addressing with linear probing. A slot is a hash and a place, 0 when free. */
class Shard {
  slots: Int32Array = new Int32Array(2 * FIRST_SLOTS);
  mask: number = FIRST_SLOTS - 1;
  count = 0;

  put(hash: number, place: number): void {
    const { slots, mask } = this;
    let slot = (hash >>> 8) & mask;
    while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    slots[2 * slot] = hash;
    slots[2 * slot + 1] = place;
    this.count++;
  }

  /** Empties a slot and moves those behind it back to where a search expects them. */
  take(slot: number): void {
    const { slots, mask } = this;
    let hole = slot;
    for (let next = (hole + 1) & mask; slots[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const home = ((slots[2 * next] as number) >>> 8) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots[2 * hole] = slots[2 * next] as number;
      slots[2 * hole + 1] = slots[2 * next + 1] as number;
      hole = next;
    }
    slots[2 * hole + 1] = 0;
    this.count--;
  }

  /** Doubles the slots; returns how many came on top. */
  grow(): number {
    const { slots, mask } = this;
    this.slots = new Int32Array(slots.length * 2);
    this.mask = mask * 2 + 1;
    this.count = 0;
    for (let at = 0; at < slots.length; at += 2)
      if (slots[at + 1] !== 0) this.put(slots[at] as number, slots[at + 1] as number);
    return mask + 1;
  }

  places(): Int32Array {
    const places = new Int32Array(this.count);
    let found = 0;
    for (let at = 1; at < this.slots.length; at += 2)
      if (this.slots[at] !== 0) places[found++] = this.slots[at] as number;
    return places;
  }
}

function emptyShards(): Shard[] {
  return Array.from({ length: SHARD_COUNT }, () => new Shard());
}

function unitsFor(length: number): number {
  return Math.ceil((HEAD_BYTES + length) / UNIT);
}
