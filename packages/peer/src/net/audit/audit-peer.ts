import { resolveAnnounced } from "../availability.ts";
import type { NetChain } from "../net-parts.ts";
import type { Peer } from "../peer.ts";
import type { AuditOutcome, Audits } from "./audits.ts";
import { type Standing, standingOf } from "./standing.ts";

/** What an audit has found out about a peer. */
export interface AuditedPeer {
  readonly id: number;
  readonly address: string;
  readonly userAgent: string;
  readonly headers: Standing;
  /** Null when it is no compeer: it was not asked. */
  readonly coins: AuditOutcome | null;
}

export async function auditPeer(
  peer: Peer,
  height: number,
  audits: Audits,
  chain: NetChain,
): Promise<AuditedPeer> {
  const coins = audits.isAgreed(peer) ? await audits.ask(peer, height) : null;
  resolveAnnounced(peer, chain);
  // A compeer says where it stands; of others we know what they told of themselves.
  const tip = coins === null || typeof coins === "string" ? null : chain.node(coins.tipHash);
  return {
    id: peer.id,
    address: peer.origin.name,
    userAgent: peer.userAgent,
    headers: standingOf(tip ?? peer.sync.bestKnown, chain),
    coins,
  };
}
