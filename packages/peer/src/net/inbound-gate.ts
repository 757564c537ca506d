import { isLocal } from "./addresses/address-class.ts";
import type { BanList } from "./ban-list.ts";
import { isDesirable } from "./desirable-services.ts";
import { type EvictionCandidate, selectPeerToEvict } from "./inbound-eviction.ts";
import type { NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { PERMIT_NO_BAN } from "./permissions.ts";

interface GateParts extends NetParts {
  readonly peers: PeerSet;
  readonly bans: BanList;
  /** Inbound connections there may be. */
  readonly slots: number;
}

/** Who may come in, and who has to go for it. Core: CreateNodeFromAcceptedSocket. */
export class InboundGate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** Why somebody may not come in, in Core's words; null when he may, and then there is room for him. */
  refusal(host: string, isTrusted: boolean): string | null {
    const { bans, peers, slots } = this.#parts;
    const { inboundCount } = peers;
    if (!isTrusted && bans.isBanned(host)) return "banned";
    if (!isTrusted && inboundCount + 1 >= slots && bans.isDiscouraged(host)) return "discouraged";
    return inboundCount < slots || this.#evict() ? null : "full";
  }

  #evict(): boolean {
    const candidates: EvictionCandidate[] = [];
    for (const peer of this.#parts.peers)
      if (peer.isInbound && !peer.may(PERMIT_NO_BAN) && !peer.connection.isClosed)
        candidates.push(this.#describe(peer));
    const id = selectPeerToEvict(candidates);
    const peer = id === null ? undefined : this.#parts.peers.get(id);
    if (peer === undefined) {
      this.#parts.log.debug(
        "net",
        "failed to find an eviction candidate - connection dropped (full)",
      );
      return false;
    }
    this.#parts.log.debug(
      "net",
      `selected inbound connection for eviction, disconnecting peer=${peer.id}`,
    );
    peer.connection.close();
    return true;
  }

  #describe(peer: Peer): EvictionCandidate {
    const { origin } = peer;
    return {
      id: peer.id,
      connectedAt: origin.connectedAt,
      minPing: peer.minPingMs,
      lastBlockAt: peer.lastBlockAt,
      lastTransactionAt: peer.lastTransactionAt,
      hasRelevantServices: isDesirable(peer.services, this.#parts),
      relaysTransactions: peer.relay?.wantsTransactions ?? false,
      hasBloomFilter: (peer.relay?.bloom ?? null) !== null,
      keyedGroup: origin.keyedGroup,
      isPreferred: origin.wasDiscouraged,
      isLocal: isLocal(origin.endpoint),
      network: origin.network,
    };
  }
}
