import { randomBytes } from "node:crypto";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import { sipHash24 } from "@compeer/protocol/crypto/sip-hash";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import type { NetOptions, NetParts } from "../net-parts.ts";
import type { Peer } from "../peer.ts";
import type { PeerSet } from "../peer-set.ts";
import { poissonMs } from "../random.ts";
import { addressKeyBytes } from "./address-entry.ts";
import { type AddressRelayState, isTellable } from "./address-relay-state.ts";
import type { Addresses } from "./addresses.ts";

/** Mean times between two messages with addresses, and between two with our own. */
const SEND_INTERVAL_MS = 30_000;
const OWN_INTERVAL_MS = 86_400_000;
/** After so many seconds an address is passed to others than before. */
const ROTATION = 86_400n;

interface RelayParts extends Pick<NetParts, "chain" | "clock" | "log"> {
  readonly addresses: Addresses;
  readonly peers: PeerSet;
  readonly options: NetOptions;
  services(): bigint;
  /** Port on which others find us. */
  port(): number;
}

/** Passes addresses on, and tells ours from time to time. */
export class AddressRelay {
  readonly #parts: RelayParts;
  readonly #k0: bigint;
  readonly #k1: bigint;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    const key = new Reader(randomBytes(16));
    this.#k0 = key.u64big();
    this.#k1 = key.u64big();
  }

  /**
   * Passes an address to one or two peers, for a day always to the same: who sends his address again and
   * again is not heard further than others. Core: RelayAddress.
   */
  relay(from: Peer, address: GossipedAddress, isReachable: boolean): void {
    const key = addressKeyBytes(address);
    const hash = sipHash24(0n, 0n, key);
    const period = (BigInt(this.#parts.clock.now()) + hash) / ROTATION;
    const seed = new Writer(16)
      .u64big(hash)
      .u64big(period & 0xffffffffffffffffn)
      .finish();
    const count = isReachable || (this.#hash(seed) & 1n) === 1n ? 2 : 1;
    const ranked: { readonly rank: bigint; readonly peer: Peer }[] = [];
    for (const peer of this.#parts.peers) {
      if (peer === from || peer.addressRelay === null) continue;
      if (!isTellable(address, peer.wantsAddrV2)) continue;
      const rank = this.#hash(new Writer(24).raw(seed).u64(peer.id).finish());
      ranked.push({ rank, peer });
    }
    ranked.sort((a, b) => (a.rank < b.rank ? 1 : -1));
    for (const { peer } of ranked.slice(0, count)) this.push(peer, address);
  }

  #hash(data: Uint8Array): bigint {
    return sipHash24(this.#k0, this.#k1, data);
  }

  push(peer: Peer, address: GossipedAddress): void {
    peer.addressRelay?.push(address, peer.wantsAddrV2, this.#parts.addresses.random);
  }

  /** Sends what is due. Core: MaybeSendAddr. */
  tick(peer: Peer): void {
    const state = peer.addressRelay;
    if (state === null) return;
    const now = this.#parts.clock.nowMs();
    this.#tellOwn(peer, state, now);
    if (now <= state.nextSendAt) return;
    state.nextSendAt = now + poissonMs(SEND_INTERVAL_MS, this.#parts.addresses.random);
    const addresses = state.take();
    if (addresses.length > 0)
      peer.connection.send({ type: peer.wantsAddrV2 ? "addrv2" : "addr", addresses });
  }

  #tellOwn(peer: Peer, state: AddressRelayState, now: number): void {
    const { options, chain, addresses } = this.#parts;
    if (!options.listen || chain.isInitialDownload || state.nextOwnAt >= now) return;
    if (state.nextOwnAt !== 0) state.forgetKnown();
    const own = addresses.local.addressFor(
      {
        id: peer.id,
        isInbound: peer.isInbound,
        address: peer.origin.endpoint,
        network: peer.origin.network,
        addressOfUs: peer.addressOfUs,
      },
      this.#parts.port(),
    );
    if (own !== null) {
      const time = this.#parts.clock.now();
      this.push(peer, { ...own, services: this.#parts.services(), time });
    }
    state.nextOwnAt = now + poissonMs(OWN_INTERVAL_MS, this.#parts.addresses.random);
  }
}
