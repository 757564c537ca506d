import { NET_IPV4, NET_IPV6, type SocketAddress } from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import type { AddressBook } from "../addresses/address-book.ts";
import { isValid, type NetworkKind } from "../addresses/address-class.ts";
import type { AddressEntry } from "../addresses/address-entry.ts";
import { groupKey, type NetGroups } from "../addresses/net-groups.ts";
import { isBadPort } from "./bad-ports.ts";

const MAX_TRIES = 100;
/** Seconds within which an address is not called again, at first. */
const RECENT = 600;
/** Tries after which a recently called address is taken after all, and one with a bad port. */
const TRIES_BEFORE_RECENT = 30;
const TRIES_BEFORE_BAD_PORT = 50;

/** What an address must be for a connection. */
export interface Wanted {
  readonly isFeeler: boolean;
  /** A network that we have nobody in; null for any that we reach. */
  readonly network: NetworkKind | null;
  /** Groups of addresses that we are connected to, by key. */
  readonly takenGroups: ReadonlySet<string>;
}

/** Whom we ask about an address. */
export interface Choosers {
  readonly book: AddressBook;
  readonly groups: NetGroups;
  readonly reachable: ReadonlySet<NetworkKind>;
  readonly now: number;
  isOurs(address: SocketAddress): boolean;
  isConnected(address: SocketAddress): boolean;
  /** It is in the list of added nodes, who have their own connections. */
  isAdded(address: SocketAddress): boolean;
  /** It offers all that we want of a peer. */
  isDesirable(services: bigint): boolean;
  /** It may know addresses. */
  mayKnowAddresses(services: bigint): boolean;
}

/** Draws an address to call; null when nothing fits. Core: the loop of ThreadOpenConnections. */
export function chooseAddress(wanted: Wanted, choosers: Choosers): GossipedAddress | null {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const entry = draw(wanted, choosers);
    if (entry === null || !isValid(entry) || choosers.isOurs(entry)) return null;
    if (fits(entry, tries, wanted, choosers)) return entry;
  }
  return null;
}

function draw(wanted: Wanted, choosers: Choosers): AddressEntry | null {
  const { book, reachable } = choosers;
  if (!wanted.isFeeler)
    return book.select(false, wanted.network === null ? reachable : new Set([wanted.network]));
  const tested = book.selectCollision();
  if (tested === null) return book.select(true, reachable);
  if (!choosers.isConnected(tested)) return tested;
  // Who is connected need not be tested.
  book.good(tested);
  return book.select(true, reachable);
}

function fits(entry: AddressEntry, tries: number, wanted: Wanted, choosers: Choosers): boolean {
  const { isFeeler, takenGroups } = wanted;
  if (!isFeeler && takenGroups.has(groupKey(choosers.groups, entry))) return false;
  if (choosers.now - entry.lastTry < RECENT && tries < TRIES_BEFORE_RECENT) return false;
  if (isFeeler && !choosers.mayKnowAddresses(entry.services)) return false;
  if (!isFeeler && !choosers.isDesirable(entry.services)) return false;
  const isIP = entry.network === NET_IPV4 || entry.network === NET_IPV6;
  if (isIP && tries < TRIES_BEFORE_BAD_PORT && isBadPort(entry.port)) return false;
  return !choosers.isAdded(entry);
}
