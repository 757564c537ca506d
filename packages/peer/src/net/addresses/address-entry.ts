import { readU32 } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import { sha256d } from "@compeer/protocol/crypto/sha256";
import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import { addressBytes } from "./address-class.ts";
import type { NetGroups } from "./net-groups.ts";

export const TRIED_BUCKETS = 256;
export const NEW_BUCKETS = 1024;
export const BUCKET_SIZE = 64;
/** Most places in the new table that one address may have. */
export const MAX_REFERENCES = 8;
const TRIED_BUCKETS_PER_GROUP = 8;
const NEW_BUCKETS_PER_SOURCE_GROUP = 64;

const MINUTE = 60;
const DAY = 86_400;
/** How old an address may become, seconds. */
const HORIZON = 30 * DAY;
/** Failures after which an address that never answered is given up. */
const RETRIES = 3;
/** Failures, over at least so many seconds, after which any is. */
const MAX_FAILURES = 10;
const MIN_FAIL = 7 * DAY;

/** An address in the book and what is known of it; times are seconds since 1970. Core: AddrInfo. */
export class AddressEntry implements GossipedAddress {
  readonly network: number;
  readonly host: Uint8Array;
  readonly port: number;
  /** Who first named it. */
  readonly source: SocketAddress;
  time: number;
  services: bigint;
  lastTry = 0;
  lastCountedAttempt = 0;
  lastSuccess = 0;
  /** Failures since the last success. */
  attempts = 0;
  /** Places in the new table. */
  references = 0;
  isTried = false;
  /** Place in the list from which some are drawn; -1 when it is in no book. */
  place = -1;

  constructor(address: GossipedAddress, source: SocketAddress) {
    this.network = address.network;
    this.host = address.host;
    this.port = address.port;
    this.time = address.time;
    this.services = address.services;
    this.source = source;
  }

  /** So poor that it may be dropped. Core: IsTerrible. */
  isTerrible(now: number): boolean {
    if (now - this.lastTry <= MINUTE) return false;
    if (this.time > now + 10 * MINUTE || now - this.time > HORIZON) return true;
    if (this.lastSuccess === 0 && this.attempts >= RETRIES) return true;
    return now - this.lastSuccess > MIN_FAIL && this.attempts >= MAX_FAILURES;
  }

  /** How readily it is taken when it is drawn, 0 to 1. Core: GetChance. */
  chance(now: number): number {
    const fresh = now - this.lastTry < 10 * MINUTE ? 0.01 : 1;
    return fresh * 0.66 ** Math.min(this.attempts, 8);
  }
}

/** Text by which an address and its port are found. */
export function addressKey({ network, host, port }: SocketAddress): string {
  return `${network}:${port}:${String.fromCharCode(...host)}`;
}

/** The bytes of an address and its port that filters and buckets are chosen by. Core: CService::GetKey. */
export function addressKeyBytes(address: SocketAddress): Uint8Array {
  return new Writer(34).raw(addressBytes(address)).u16be(address.port).finish();
}

/**
 * Where addresses have their places: nobody without the key can foretell it, and who commands few groups
 * of addresses reaches few places.
 */
export class Placement {
  readonly key: Uint8Array;
  readonly groups: NetGroups;

  /** @param key 32 bytes that nobody else knows */
  constructor(key: Uint8Array, groups: NetGroups) {
    this.key = key;
    this.groups = groups;
  }

  triedBucket(address: SocketAddress): number {
    const spread = this.#hash(new Writer().varBytes(addressKeyBytes(address)));
    const writer = new Writer().varBytes(this.groups.groupOf(address));
    return this.#hash(writer.u64(spread % TRIED_BUCKETS_PER_GROUP)) % TRIED_BUCKETS;
  }

  newBucket(address: SocketAddress, source: SocketAddress): number {
    const sourceGroup = this.groups.groupOf(source);
    const group = this.groups.groupOf(address);
    const spread = this.#hash(new Writer().varBytes(group).varBytes(sourceGroup));
    const writer = new Writer().varBytes(sourceGroup);
    return this.#hash(writer.u64(spread % NEW_BUCKETS_PER_SOURCE_GROUP)) % NEW_BUCKETS;
  }

  /** Place within the bucket. */
  position(address: SocketAddress, isNew: boolean, bucket: number): number {
    const writer = new Writer().u8(isNew ? 0x4e : 0x4b).u32(bucket);
    return this.#hash(writer.varBytes(addressKeyBytes(address))) % BUCKET_SIZE;
  }

  /** Low 32 bits of Core's GetCheapHash: all that is left of it after division by a power of two. */
  #hash(data: Writer): number {
    return readU32(sha256d(new Writer(96).raw(this.key).raw(data.finish()).finish()), 0);
  }
}
