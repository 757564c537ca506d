import { serviceNames } from "@compeer/protocol/wire/services";
import type { Clock } from "../clock/clock.ts";
import { formatAddress } from "./addresses/address-text.ts";
import type { Traffic } from "./connection.ts";
import type { ConnectionKind, Peer } from "./peer.ts";
import { permissionNames } from "./permissions.ts";
import type { Transport } from "./transport/transport.ts";

/** What getpeerinfo tells of a peer; seconds and satoshis where nothing else is said. */
export interface PeerInfo {
  readonly id: number;
  readonly address: string;
  readonly boundAddress: string;
  /** Empty when the peer told nothing of use. */
  readonly addressOfUs: string;
  readonly network: string;
  readonly services: bigint;
  readonly serviceNames: readonly string[];
  readonly relaysTransactions: boolean;
  readonly lastInvSequence: number;
  readonly invToSend: number;
  readonly lastSend: number;
  readonly lastReceive: number;
  readonly lastTransaction: number;
  readonly lastBlock: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly connectedAt: number;
  readonly timeOffset: number;
  /** Null before the first pong. */
  readonly ping: number | null;
  readonly minPing: number | null;
  /** Null when no ping is out. */
  readonly pingWait: number | null;
  readonly version: number;
  readonly userAgent: string;
  readonly isInbound: boolean;
  readonly highBandwidthTo: boolean;
  readonly highBandwidthFrom: boolean;
  readonly startHeight: number;
  /** -1: no low-work sync under way. */
  readonly presyncedHeaders: number;
  readonly syncedHeaders: number;
  readonly syncedBlocks: number;
  /** Heights. */
  readonly inFlight: readonly number[];
  readonly isAddressRelayOn: boolean;
  readonly addressesProcessed: number;
  readonly addressesLimited: number;
  readonly permissions: readonly string[];
  /** Satoshis a 1000 virtual bytes. */
  readonly feeFilter: number;
  readonly sentByCommand: Readonly<Record<string, number>>;
  readonly receivedByCommand: Readonly<Record<string, number>>;
  readonly kind: ConnectionKind;
  readonly transport: Transport["kind"];
  readonly sessionId: string;
}

export function describePeer(peer: Peer, clock: Clock): PeerInfo {
  const { origin, connection, sync, relay } = peer;
  const isWaiting = peer.pingNonce !== 0n;
  return {
    id: peer.id,
    address: origin.name,
    boundAddress: origin.bound,
    addressOfUs: peer.addressOfUs === null ? "" : formatAddress(peer.addressOfUs),
    network: origin.network,
    services: peer.services,
    serviceNames: serviceNames(peer.services),
    relaysTransactions: relay?.wantsTransactions ?? false,
    lastInvSequence: relay?.lastSequence ?? 0,
    invToSend: relay?.toSend.size ?? 0,
    lastSend: connection.sent.last,
    lastReceive: connection.received.last,
    lastTransaction: peer.lastTransactionAt,
    lastBlock: peer.lastBlockAt,
    bytesSent: connection.sent.total,
    bytesReceived: connection.received.total,
    connectedAt: origin.connectedAt,
    timeOffset: peer.timeOffset,
    ping: peer.pingMs < 0 ? null : peer.pingMs / 1000,
    minPing: peer.pingMs < 0 ? null : peer.minPingMs / 1000,
    pingWait: isWaiting ? Math.max(0, clock.nowMs() - peer.pingStart) / 1000 : null,
    version: peer.version,
    userAgent: peer.userAgent,
    isInbound: peer.isInbound,
    highBandwidthTo: peer.isHighBandwidth,
    highBandwidthFrom: peer.asksHighBandwidth,
    startHeight: peer.startHeight,
    presyncedHeaders: peer.presync?.presyncedHeight ?? -1,
    syncedHeaders: sync.bestKnown?.height ?? -1,
    syncedBlocks: sync.lastCommon?.height ?? -1,
    inFlight: [...sync.inFlight.values()].map(({ height }) => height),
    isAddressRelayOn: peer.isAddressRelayOn,
    addressesProcessed: peer.addressesProcessed,
    addressesLimited: peer.addressesLimited,
    permissions: permissionNames(origin.permissions),
    feeFilter: relay?.feeFilter ?? 0,
    sentByCommand: byCommand(connection.sent),
    receivedByCommand: byCommand(connection.received),
    kind: origin.kind,
    transport: connection.transport.kind,
    sessionId: connection.transport.sessionId,
  };
}

function byCommand(traffic: Traffic): Record<string, number> {
  return Object.fromEntries([...traffic.byCommand].sort(([a], [b]) => (a < b ? -1 : 1)));
}
