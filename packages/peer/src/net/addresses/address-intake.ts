import { shuffled } from "@compeer/protocol/crypto/shuffle";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import type { VersionMessage } from "@compeer/protocol/wire/version-message";
import type { BanList } from "../ban-list.ts";
import { isDesirable, mayKnowAddresses } from "../desirable-services.ts";
import type { Judge } from "../judge.ts";
import type { NetParts } from "../net-parts.ts";
import type { Peer } from "../peer.ts";
import { PERMIT_ADDR } from "../permissions.ts";
import { AddressAnswers } from "./address-answers.ts";
import { isRoutable } from "./address-class.ts";
import type { AddressRelay } from "./address-relay.ts";
import { AddressRelayState } from "./address-relay-state.ts";
import { formatHost } from "./address-text.ts";
import type { Addresses } from "./addresses.ts";

/** Addresses a second that are taken of a peer, and how many may be saved up. Core: MAX_ADDR_RATE_PER_SECOND. */
const RATE_PER_SECOND = 0.1;
const MAX_TOKENS = 1000;
/** Most addresses that one answer to getaddr has. */
const MAX_ANSWER = 1000;
/** Of larger messages nothing is passed on. */
const MAX_RELAYED = 10;
/** Time that a peer has to answer when we connected for its addresses only. */
const FETCH_TIMEOUT_MS = 300_000;
const MINUTE = 60;
const DAY = 86_400;
/** No time before this is believed. */
const LEAST_TIME = 100_000_000;
/** Gossip is taken to be this much older than it says, seconds. */
const TIME_PENALTY = 2 * 3600;

interface IntakeParts extends NetParts {
  readonly addresses: Addresses;
  readonly relay: AddressRelay;
  readonly bans: BanList;
  readonly judge: Judge;
}

/** What peers tell and ask about addresses, within a rate (CVE-2024-52919). */
export class AddressIntake {
  readonly #parts: IntakeParts;
  readonly #answers: AddressAnswers;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#answers = new AddressAnswers(parts);
  }

  /** The peer has said who it is: the book learns of it, and it is asked for addresses. */
  greeted(peer: Peer, message: VersionMessage): void {
    const { book, local } = this.#parts.addresses;
    const seen = message.receiver;
    peer.addressOfUs = seen.host.some((byte) => byte !== 0) ? seen : null;
    if (peer.isInbound) {
      if (isRoutable(seen)) local.seen(seen);
      return;
    }
    book.setServices(peer.origin.endpoint, message.services);
    const state = this.#takePart(peer);
    if (state !== null) {
      peer.connection.send({ type: "getaddr" });
      state.awaitsAnswer = true;
      peer.addressTokens += MAX_ANSWER;
    }
    book.good(peer.origin.endpoint);
  }

  /** The connection has ended. */
  left(peer: Peer): void {
    // Of a link for blocks only nothing must show.
    if (!peer.isInbound && peer.kind !== "block-relay-only" && peer.isHandshakeDone)
      this.#parts.addresses.book.connected(peer.origin.endpoint);
  }

  /** Null for links on which addresses would betray that they are there. Core: SetupAddressRelay. */
  #takePart(peer: Peer): AddressRelayState | null {
    if (peer.kind === "block-relay-only") return null;
    peer.addressRelay ??= new AddressRelayState();
    return peer.addressRelay;
  }

  accept(peer: Peer, type: "addr" | "addrv2", addresses: readonly GossipedAddress[]): void {
    const { log, judge } = this.#parts;
    const state = this.#takePart(peer);
    if (state === null) {
      log.debug("net", `ignoring ${type} message from ${peer.kind} peer=${peer.id}`);
      return;
    }
    this.#refill(peer);
    const before = { processed: peer.addressesProcessed, limited: peer.addressesLimited };
    const stored: GossipedAddress[] = [];
    const mayRelay = !state.awaitsAnswer && addresses.length <= MAX_RELAYED;
    const { random } = this.#parts.addresses;
    for (const address of shuffled(addresses, (limit) => random.below(limit)))
      if (this.#spendToken(peer)) this.#takeOne(peer, state, address, mayRelay, stored);
    log.debug(
      "net",
      `Received addr: ${addresses.length} addresses (${peer.addressesProcessed - before.processed} processed, ${peer.addressesLimited - before.limited} rate-limited) from peer=${peer.id}`,
    );
    this.#parts.addresses.book.add(stored, peer.origin.endpoint, TIME_PENALTY);
    if (addresses.length < MAX_ANSWER) state.awaitsAnswer = false;
    if (peer.kind === "addr-fetch" && addresses.length > 1)
      judge.disconnect(peer, "addrfetch connection completed");
  }

  #refill(peer: Peer): void {
    const now = this.#parts.clock.nowMs();
    if (peer.addressTokens < MAX_TOKENS) {
      const fresh = (Math.max(0, now - peer.addressTokensAt) / 1000) * RATE_PER_SECOND;
      peer.addressTokens = Math.min(MAX_TOKENS, peer.addressTokens + fresh);
    }
    peer.addressTokensAt = now;
  }

  #spendToken(peer: Peer): boolean {
    if (peer.addressTokens >= 1) peer.addressTokens -= 1;
    else if (!peer.may(PERMIT_ADDR)) {
      peer.addressesLimited++;
      return false;
    }
    return true;
  }

  #takeOne(
    peer: Peer,
    state: AddressRelayState,
    gossiped: GossipedAddress,
    mayRelay: boolean,
    stored: GossipedAddress[],
  ): void {
    const { clock, bans, addresses, relay } = this.#parts;
    const { services } = gossiped;
    if (!mayKnowAddresses(services) && !isDesirable(services, this.#parts)) return;
    const now = clock.now();
    const isOdd = gossiped.time <= LEAST_TIME || gossiped.time > now + 10 * MINUTE;
    const address = isOdd ? { ...gossiped, time: now - 5 * DAY } : gossiped;
    state.noteKnown(address);
    const host = formatHost(address);
    if (bans.isDiscouraged(host) || bans.isBanned(host)) return;
    peer.addressesProcessed++;
    const isReachable = addresses.reachable.includes(address);
    if (mayRelay && address.time > now - 10 * MINUTE && isRoutable(address))
      relay.relay(peer, address, isReachable);
    if (isReachable) stored.push(address);
  }

  /** Asked once a connection, and by inbound peers only: others could find us again by the answer. */
  asked(peer: Peer): void {
    const { log, relay } = this.#parts;
    if (!peer.isInbound) {
      log.debug("net", `Ignoring "getaddr" from ${peer.kind} connection. peer=${peer.id}`);
      return;
    }
    const state = this.#takePart(peer);
    if (state === null || state.wasAsked) {
      log.debug("net", `Ignoring repeated "getaddr". peer=${peer.id}`);
      return;
    }
    state.wasAsked = true;
    state.forgetWaiting();
    for (const address of this.#answers.answer(peer)) relay.push(peer, address);
  }

  tick(peer: Peer): void {
    const age = this.#parts.clock.nowMs() - peer.origin.connectedAt * 1000;
    if (peer.kind === "addr-fetch" && age > FETCH_TIMEOUT_MS)
      this.#parts.judge.disconnect(peer, "addrfetch connection timeout");
    else this.#parts.relay.tick(peer);
  }
}
