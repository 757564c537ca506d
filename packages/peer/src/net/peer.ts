import type { BloomFilter } from "@compeer/protocol/filters/bloom-filter";
import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { LocatorQuestion } from "@compeer/protocol/wire/locator";
import { NODE_NETWORK, NODE_NETWORK_LIMITED, NODE_WITNESS } from "@compeer/protocol/wire/services";
import type { BlockNode } from "../chain/block-node.ts";
import type { NetworkKind } from "./addresses/address-class.ts";
import type { AddressRelayState } from "./addresses/address-relay-state.ts";
import type { PartialBlock } from "./compact/partial-block.ts";
import type { Connection } from "./connection.ts";
import type { HeadersPresync } from "./headers/presync.ts";
import { randomNonce } from "./nonce.ts";
import { isPermitted, type Permissions } from "./permissions.ts";
import { RollingFilter } from "./rolling-filter.ts";
import type { HostPort } from "./socket-text.ts";
import { AnnounceQueue } from "./transactions/announce-queue.ts";

/** Why the connection is there, in the words of getpeerinfo. Core: ConnectionType. */
export type ConnectionKind =
  | "inbound"
  | "manual"
  | "outbound-full-relay"
  | "block-relay-only"
  | "feeler"
  | "addr-fetch";

/** What is known when a connection begins. */
export interface PeerOrigin {
  readonly kind: ConnectionKind;
  readonly address: HostPort;
  /** The same as bytes; `[::]:0` when it cannot be told. */
  readonly endpoint: SocketAddress;
  /** Network that we are connected through. */
  readonly network: NetworkKind;
  /** Its group of addresses, under a key that nobody else knows. */
  readonly keyedGroup: bigint;
  /** Its address misbehaved once: when one has to go, it goes first. */
  readonly wasDiscouraged: boolean;
  /** The other end as it was asked for or seen: "host:port". */
  readonly name: string;
  /** Our end of the socket. */
  readonly bound: string;
  readonly isOnion: boolean;
  readonly permissions: Permissions;
  /** Seconds since 1970. */
  readonly connectedAt: number;
}

/** Headers and blocks: what the peer has and what we asked of it. Core: CNodeState. */
export class SyncState {
  bestKnown: BlockNode | null = null;
  lastUnknown: Uint8Array | null = null;
  lastCommon: BlockNode | null = null;
  bestHeaderSent: BlockNode | null = null;
  isStarted = false;
  isPreferred = false;
  wantsHeaders = false;
  sentSendHeaders = false;
  /** Milliseconds since 1970; 0 when no getheaders waits for an answer. */
  getHeadersAt = 0;
  headersTimeoutAt: number = Number.POSITIVE_INFINITY;
  /** One inv may start a headers sync before its turn. */
  invAskedHeaders = false;
  /** Blocks asked for, oldest request first, by hash key. */
  readonly inFlight: Map<string, BlockNode> = new Map();
  /** Of these, the ones that are being put together from a compact block. */
  readonly partials: Map<string, PartialBlock> = new Map();
  downloadingSince = 0;
  stallingSince = 0;
  toAnnounce: BlockNode[] = [];
  invBlocks: Uint8Array[] = [];
  /** It asked for headers while we read blocks from files: it is answered when that is done. */
  unanswered: LocatorQuestion | null = null;
  /** When this block is fetched, the peer is told to go on with getblocks. */
  continuation: Uint8Array | null = null;
  /** When it first told of a block better than our tip, seconds since 1970; 0 for never. */
  newsAt = 0;
  /** It kept up with us once: a chain that falls behind is no reason to leave it. */
  isProtected = false;
}

/** Transactions: what the peer wants to hear and has heard. Core: Peer::TxRelay. */
export class RelayState {
  /** False: the peer asked for silence (BIP37). */
  wantsTransactions: boolean;
  readonly known: RollingFilter = new RollingFilter(50_000);
  readonly toSend: AnnounceQueue = new AnnounceQueue();
  /** Milliseconds since 1970; 0 before the first announcement. */
  nextInvAt = 0;
  /** The mempool's sequence at the last announcement: what came later is not served. */
  lastSequence = 1;
  /** Satoshis a 1000 virtual bytes, as the peer asked (BIP133). */
  feeFilter = 0;
  /** It wants to hear only of what this matches (BIP37); null for everything. */
  bloom: BloomFilter | null = null;
  /** It has asked for all that is in the mempool (BIP35). */
  wantsMempool = false;

  constructor(wantsTransactions: boolean) {
    this.wantsTransactions = wantsTransactions;
  }
}

/** Somebody we are connected to: what it told about itself and where we stand with it. */
export class Peer {
  readonly id: number;
  readonly connection: Connection;
  readonly origin: PeerOrigin;
  /** By this a peer finds that it has connected to itself. */
  readonly localNonce: bigint = randomNonce();

  /** 0 until its version message came. */
  version = 0;
  services = 0n;
  userAgent = "";
  startHeight = -1;
  timeOffset = 0;
  /** Where it sees us, as it says; null when it says nothing of use. */
  addressOfUs: SocketAddress | null = null;
  isHandshakeDone = false;
  usesWtxid = false;
  wantsAddrV2 = false;
  /** It wants new blocks as compact ones at once (BIP152). */
  asksHighBandwidth = false;
  /** It sends compact blocks of version 2. */
  providesCompact = false;
  /** We asked it for new blocks as compact ones at once. */
  isHighBandwidth = false;

  readonly sync: SyncState = new SyncState();
  /** Headers of too little work that it is showing us. */
  presync: HeadersPresync | null = null;
  relay: RelayState | null = null;
  /** Blocks handed to the chain whose verdict is awaited. */
  readonly verdicts: Set<Promise<void>> = new Set();

  /** Milliseconds of this thread that its messages took, each until its first wait for something else. */
  handlingMs = 0;
  messageCount = 0;

  pingNonce = 0n;
  pingStart = 0;
  isPingQueued = false;
  pingMs = -1;
  minPingMs: number = Number.POSITIVE_INFINITY;

  feeFilterSent = 0;
  nextFeeFilterAt = 0;
  /** Null until it takes part in the gossip about addresses. */
  addressRelay: AddressRelayState | null = null;
  addressTokens = 1;
  addressTokensAt: number;
  addressesProcessed = 0;
  addressesLimited = 0;
  lastTransactionAt = 0;
  lastBlockAt = 0;

  constructor(id: number, connection: Connection, origin: PeerOrigin) {
    this.id = id;
    this.connection = connection;
    this.origin = origin;
    this.addressTokensAt = origin.connectedAt * 1000;
  }

  get kind(): ConnectionKind {
    return this.origin.kind;
  }

  get isInbound(): boolean {
    return this.kind === "inbound";
  }

  may(permission: Permissions): boolean {
    return isPermitted(this.origin.permissions, permission);
  }

  get isAddressRelayOn(): boolean {
    return this.addressRelay !== null;
  }

  get servesBlocks(): boolean {
    return (this.services & (NODE_NETWORK | NODE_NETWORK_LIMITED)) !== 0n;
  }

  /** Only the last 288 blocks. */
  get isLimited(): boolean {
    return (this.services & NODE_NETWORK) === 0n && (this.services & NODE_NETWORK_LIMITED) !== 0n;
  }

  get servesWitnesses(): boolean {
    return (this.services & NODE_WITNESS) !== 0n;
  }

  /** True when the peer has or was sent the header of `node`. Core: PeerHasHeader. */
  hasHeader(node: BlockNode): boolean {
    const { bestKnown, bestHeaderSent } = this.sync;
    return (
      bestKnown?.ancestor(node.height) === node || bestHeaderSent?.ancestor(node.height) === node
    );
  }
}
