import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import type { Clock } from "../../clock/clock.ts";
import type { BanList } from "../ban-list.ts";
import type { Peer } from "../peer.ts";
import { PERMIT_ADDR } from "../permissions.ts";
import { netClass } from "./address-class.ts";
import { formatHost } from "./address-text.ts";
import type { Addresses } from "./addresses.ts";

const MAX_ADDRESSES = 1000;
const MAX_PERCENT = 23;
/** An answer is repeated for so long, milliseconds, and up to six hours more. */
const LIFETIME_MS = 21 * 3_600_000;
const LIFETIME_SPREAD_MS = 6 * 3_600_000;

interface AnswerParts {
  readonly addresses: Addresses;
  readonly bans: BanList;
  readonly clock: Clock;
}

/**
 * Answers to getaddr. All who come by the same way get the same for about a day: somebody who asks again
 * and again learns neither the whole book nor whom we have just met. Core: CConnman::GetAddresses.
 */
export class AddressAnswers {
  readonly #parts: AnswerParts;
  /** By network and our end of the socket. */
  readonly #kept = new Map<
    string,
    { readonly answer: GossipedAddress[]; readonly until: number }
  >();

  constructor(parts: AnswerParts) {
    this.#parts = parts;
  }

  answer(peer: Peer): readonly GossipedAddress[] {
    if (peer.may(PERMIT_ADDR)) return this.#sample();
    const { origin } = peer;
    const key = `${origin.isOnion ? "onion" : netClass(origin.endpoint)} ${origin.bound}`;
    const now = this.#parts.clock.nowMs();
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until >= now) return kept.answer;
    const answer = this.#sample();
    const spread = this.#parts.addresses.random.below(LIFETIME_SPREAD_MS);
    this.#kept.set(key, { answer, until: now + LIFETIME_MS + spread });
    return answer;
  }

  #sample(): GossipedAddress[] {
    const { addresses, bans } = this.#parts;
    return addresses.book.sample(MAX_ADDRESSES, MAX_PERCENT).filter((address) => {
      const host = formatHost(address);
      return !bans.isBanned(host) && !bans.isDiscouraged(host);
    });
  }
}
