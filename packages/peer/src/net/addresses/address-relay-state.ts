import { sha256 } from "@compeer/protocol/crypto/sha256";
import { NET_IPV4, NET_IPV6, type SocketAddress } from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import type { Random } from "../random.ts";
import { RollingFilter } from "../rolling-filter.ts";
import { isValid } from "./address-class.ts";
import { addressKeyBytes } from "./address-entry.ts";

/** Most addresses that wait to be told to a peer. Core: MAX_ADDR_TO_SEND. */
const MAX_WAITING = 1000;

/** What a peer knows of addresses and what it is to be told. */
export class AddressRelayState {
  /** Until when it sent us what we asked it for: that is not passed on. */
  awaitsAnswer = false;
  /** It asked us for addresses; it may do so once. */
  wasAsked = false;
  /** Milliseconds since 1970; 0 before the first time. */
  nextSendAt = 0;
  nextOwnAt = 0;
  #waiting: GossipedAddress[] = [];
  readonly #known = new RollingFilter(5000);

  noteKnown(address: SocketAddress): void {
    this.#known.add(hashOf(address));
  }

  /** It may have forgotten what it heard long ago. */
  forgetKnown(): void {
    this.#known.clear();
  }

  forgetWaiting(): void {
    this.#waiting = [];
  }

  /** Has an address told to the peer, unless it knows it; of too many a random one gives way. */
  push(address: GossipedAddress, wantsV2: boolean, random: Random): void {
    if (!isValid(address) || !isTellable(address, wantsV2) || this.#known.has(hashOf(address)))
      return;
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(address);
    else this.#waiting[random.below(MAX_WAITING)] = address;
  }

  /** What waits and is still unknown to the peer. */
  take(): GossipedAddress[] {
    const taken: GossipedAddress[] = [];
    for (const address of this.#waiting) {
      const hash = hashOf(address);
      if (this.#known.has(hash)) continue;
      this.#known.add(hash);
      taken.push(address);
    }
    this.#waiting = [];
    return taken;
  }
}

/** Other networks than IP can be told with addrv2 only (BIP155). */
export function isTellable({ network }: SocketAddress, wantsV2: boolean): boolean {
  return wantsV2 || network === NET_IPV4 || network === NET_IPV6;
}

function hashOf(address: SocketAddress): Uint8Array {
  return sha256(addressKeyBytes(address));
}
