import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import type { Judge } from "./judge.ts";
import type { NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import { PERMIT_ADDR } from "./permissions.ts";

/** Addresses a second that are taken of a peer, and how many may be saved up. Core: MAX_ADDR_RATE_PER_SECOND. */
const RATE_PER_SECOND = 0.1;
const MAX_TOKENS = 1000;
/** Time that a peer has to answer when we connected for its addresses only. */
const FETCH_TIMEOUT_MS = 300_000;

/** Takes gossip about addresses, within a rate (CVE-2024-52919). The address book is still to come. */
export class AddressIntake {
  readonly #parts: NetParts;
  readonly #judge: Judge;

  constructor(parts: NetParts, judge: Judge) {
    this.#parts = parts;
    this.#judge = judge;
  }

  accept(peer: Peer, addresses: readonly GossipedAddress[]): void {
    if (peer.kind === "block-relay-only") {
      this.#parts.log.debug("net", `ignoring addr message from block-relay-only peer=${peer.id}`);
      return;
    }
    peer.isAddressRelayOn = true;
    this.#refill(peer);
    for (let i = 0; i < addresses.length; i++) {
      if (peer.addressTokens < 1 && !peer.may(PERMIT_ADDR)) {
        peer.addressesLimited++;
        continue;
      }
      peer.addressTokens -= 1;
      peer.addressesProcessed++;
    }
    if (peer.kind === "addr-fetch" && addresses.length > 1)
      this.#judge.disconnect(peer, "addrfetch connection completed");
  }

  #refill(peer: Peer): void {
    const now = this.#parts.clock.nowMs();
    if (peer.addressTokens < MAX_TOKENS) {
      const fresh = (Math.max(0, now - peer.addressTokensAt) / 1000) * RATE_PER_SECOND;
      peer.addressTokens = Math.min(MAX_TOKENS, peer.addressTokens + fresh);
    }
    peer.addressTokensAt = now;
  }

  /** Asked once a connection, by inbound peers only; with no book there is nothing to tell. */
  asked(peer: Peer): void {
    if (!peer.isInbound || peer.wasAskedForAddresses) {
      this.#parts.log.debug("net", `Ignoring repeated or outbound "getaddr". peer=${peer.id}`);
      return;
    }
    peer.isAddressRelayOn = true;
    peer.wasAskedForAddresses = true;
  }

  tick(peer: Peer): void {
    const age = this.#parts.clock.nowMs() - peer.origin.connectedAt * 1000;
    if (peer.kind === "addr-fetch" && age > FETCH_TIMEOUT_MS)
      this.#judge.disconnect(peer, "addrfetch connection timeout");
  }
}
