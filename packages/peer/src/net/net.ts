import type { BlockNode } from "../chain/block-node.ts";
import type { Cancel } from "../clock/clock.ts";
import { AddressIntake } from "./addresses/address-intake.ts";
import { AddressRelay } from "./addresses/address-relay.ts";
import { type Addresses, openAddresses } from "./addresses/addresses.ts";
import { BanFile } from "./addresses/ban-file.ts";
import { addExternalNames } from "./addresses/external-names.ts";
import { type AuditedPeer, auditPeer } from "./audit/audit-peer.ts";
import { Audits } from "./audit/audits.ts";
import { BanList } from "./ban-list.ts";
import type { BindAddress } from "./bind-address.ts";
import { BlockAnnouncer } from "./block-announcer.ts";
import { BlockDownload } from "./block-download.ts";
import { BlockService } from "./block-service.ts";
import { BloomService } from "./bloom-service.ts";
import { CompactIntake } from "./compact/compact-intake.ts";
import { CompactService } from "./compact/compact-service.ts";
import { ExtraTransactions } from "./compact/extra-transactions.ts";
import { Connections } from "./connections.ts";
import { Features } from "./features.ts";
import { FeeFilter } from "./fee-filter.ts";
import { FilterService } from "./filter-service.ts";
import { Handshake, ourServices } from "./handshake.ts";
import { HeaderSync } from "./header-sync.ts";
import { Judge } from "./judge.ts";
import { KeepAlive } from "./keep-alive.ts";
import { type Departments, MessageHandler } from "./message-handler.ts";
import type { NetMempoolEntry, NetOptions, NetParts } from "./net-parts.ts";
import { Outbound } from "./outbound/outbound.ts";
import type { ConnectionKind, Peer } from "./peer.ts";
import { accountOf, type PeerAccount } from "./peer-account.ts";
import { describePeer, type PeerInfo } from "./peer-info.ts";
import { PeerLoop } from "./peer-loop.ts";
import { PeerSet } from "./peer-set.ts";
import type { Proxies } from "./reach/proxies.ts";
import { Reach } from "./reach/reach.ts";
import { UploadLimit } from "./reach/upload-limit.ts";
import { SYSTEM_SOCKETS } from "./sockets.ts";
import type { Orphan } from "./transactions/orphan.ts";
import { Rebroadcast } from "./transactions/rebroadcast.ts";
import { Reconciliation } from "./transactions/reconciliation.ts";
import { TransactionIntake } from "./transactions/transaction-intake.ts";
import { TransactionRelay } from "./transactions/transaction-relay.ts";

/** How often everything that is due is looked for, as in Core. */
const TICK_MS = 100;

/** What the tests of `addconnection` may ask for. */
export type OutboundKind = Exclude<ConnectionKind, "inbound" | "manual">;

export interface AddedNode {
  readonly name: string;
  /** The peer that it is connected as; null when it is not. */
  readonly peer: PeerInfo | null;
}

/** The network: connections to other peers and everything that is said over them. */
export class Net {
  readonly bans: BanList;
  readonly addresses: Addresses;
  readonly features: Features = new Features();
  readonly #parts: NetParts;
  readonly #options: NetOptions;
  readonly #peers = new PeerSet();
  readonly #departments: Departments;
  readonly #handler: MessageHandler;
  readonly #loop: PeerLoop;
  readonly #reach: Reach;
  /** -maxuploadtarget. */
  readonly upload: UploadLimit;
  readonly #connections: Connections;
  readonly #outbound: Outbound;
  readonly #rebroadcast: Rebroadcast;
  #isClosed = false;
  #timer: Cancel | null = null;
  #isTickQueued = false;
  #past = { sent: 0, received: 0 };

  constructor(parts: NetParts, options: NetOptions) {
    this.#parts = parts;
    this.#options = options;
    const { directory } = options;
    this.bans = new BanList(
      parts.clock,
      directory === null ? null : new BanFile(directory, parts.log),
    );
    this.bans.load(parts.log);
    this.addresses = openAddresses({ ...parts, magic: parts.network.magic }, options);
    const sockets = parts.sockets ?? SYSTEM_SOCKETS;
    this.#reach = new Reach({ ...parts, sockets, addresses: this.addresses }, options);
    this.upload = new UploadLimit(options.reach.maxUpload, parts.clock, () => this.totals.sent);
    this.#departments = this.#makeDepartments();
    this.#handler = new MessageHandler(parts, options, this.#departments);
    const { judge, relay } = this.#departments;
    this.#rebroadcast = new Rebroadcast(parts, (entry) => relay.announce(entry));
    this.#loop = new PeerLoop({ handler: this.#handler, judge, log: parts.log });
    this.#connections = new Connections(
      {
        ...parts,
        peers: this.#peers,
        bans: this.bans,
        addresses: this.addresses,
        dialer: this.#reach.dialer,
        opened: (peer) => this.#departments.handshake.begin(peer),
        framesCame: (peer) => this.#loop.wake(peer),
        closed: (peer) => this.#forget(peer),
      },
      options,
    );
    this.#outbound = new Outbound(
      {
        ...parts,
        peers: this.#peers,
        addresses: this.addresses,
        connections: this.#connections,
      },
      options,
    );
    parts.chain.tipChanged.on(() => this.#tickSoon());
    parts.chain.wanted.on(() => this.#tickSoon());
    parts.mempool.added.on(() => this.#tickSoon());
  }

  #makeDepartments(): Departments {
    const parts = this.#parts;
    const options = this.#options;
    const peers = this.#peers;
    const judge = new Judge({ peers, bans: this.bans, log: parts.log });
    const relay = new TransactionRelay(parts, peers);
    const addresses = this.#makeAddressIntake(judge);
    const reconciliation = new Reconciliation({
      log: parts.log,
      judge,
      isOn: options.reconciles,
    });
    const download = new BlockDownload(parts, peers, judge, options);
    const headers = new HeaderSync(parts, peers, judge, download);
    const extra = new ExtraTransactions();
    parts.mempool.removed.on(({ entry, reason }) => {
      if (reason === "replaced") extra.add(entry.tx, entry.wtxid);
    });
    const compactService = new CompactService(parts, peers, judge);
    const service = new BlockService(parts, options, judge, compactService, this.upload);
    return {
      judge,
      download,
      features: this.features,
      handshake: new Handshake(
        { ...parts, features: this.features, addresses },
        options,
        peers,
        judge,
        reconciliation,
      ),
      keepAlive: new KeepAlive({ ...parts, judge, peerTimeout: options.peerTimeout }),
      headers,
      compact: new CompactIntake({ ...parts, judge, headers, download, extra }),
      compactService,
      service,
      bloom: new BloomService(options, judge, this.upload),
      filters: new FilterService({ ...parts, judge, blocks: service }),
      audits: new Audits({ ...parts, features: this.features }),
      announcer: new BlockAnnouncer(parts, peers, compactService),
      intake: new TransactionIntake(parts, peers, {
        announce: (entry) => relay.announce(entry),
        keepForBlocks: (tx, wtxid) => extra.add(tx, wtxid),
      }),
      relay,
      reconciliation,
      feeFilter: new FeeFilter(parts, options),
      addresses,
    };
  }

  #makeAddressIntake(judge: Judge): AddressIntake {
    const parts = { ...this.#parts, addresses: this.addresses, peers: this.#peers };
    const relay = new AddressRelay({
      ...parts,
      options: this.#options,
      services: () => this.services,
      port: () => this.#listenPort,
    });
    return new AddressIntake({ ...parts, relay, judge, bans: this.bans });
  }

  /** Port that others are told. Core: GetListenPort. */
  get #listenPort(): number {
    return this.listening.find(({ onion }) => !onion)?.port ?? this.#options.port;
  }

  /** Listens and dials. @throws Error when an address to listen on is taken */
  async start(): Promise<void> {
    await addExternalNames(this.#options.external, this.addresses.local, this.#parts.resolver);
    await this.#connections.open();
    this.#reach.start(this.#listenPort, this.#connections.hasTorDoor, (arrival) =>
      this.#connections.acceptI2p(arrival),
    );
    this.#outbound.start(this.#listenPort);
    this.#timer = this.#parts.clock.every(TICK_MS, () => this.#tick());
  }

  #forget(peer: Peer): void {
    this.#peers.delete(peer);
    this.#past.sent += peer.connection.sent.total;
    this.#past.received += peer.connection.received.total;
    this.#departments.download.forget(peer);
    this.#departments.intake.forget(peer);
    this.#departments.addresses.left(peer);
    this.#departments.reconciliation.forget(peer);
    this.#departments.audits.forget(peer);
    this.#parts.log.debug("net", `Cleared nodestate for peer=${peer.id}`);
  }

  #tick(): void {
    this.#rebroadcast.tick();
    this.#outbound.tick();
    this.upload.look();
    for (const peer of this.#peers) {
      this.#departments.keepAlive.checkActivity(peer);
      this.#handler.tick(peer);
    }
  }

  #tickSoon(): void {
    if (this.#isTickQueued || this.#isClosed) return;
    this.#isTickQueued = true;
    setImmediate(() => {
      this.#isTickQueued = false;
      if (!this.#isClosed) this.#tick();
    });
  }

  // What the doors ask for.

  /** Everybody we are connected to, oldest first. */
  peers(): PeerInfo[] {
    return [...this.#peers].map((peer) => describePeer(peer, this.#parts.clock));
  }

  /** What each peer costs us, oldest first. */
  accounts(): PeerAccount[] {
    return [...this.#peers].map(accountOf);
  }

  /** Asks compeers for all their coins as of a height; what others told of headers is looked up. */
  audit(height: number): Promise<readonly AuditedPeer[]> {
    return Promise.all(
      [...this.#peers]
        .filter((peer) => peer.isHandshakeDone)
        .map((peer) => auditPeer(peer, height, this.#departments.audits, this.#parts.chain)),
    );
  }

  get connectionCount(): { readonly inbound: number; readonly outbound: number } {
    const inbound = this.#peers.inboundCount;
    return { inbound, outbound: this.#peers.size - inbound };
  }

  get services(): bigint {
    return ourServices(this.#options);
  }

  get userAgent(): string {
    return this.#options.userAgent;
  }

  /** -v2transport. */
  get usesV2(): boolean {
    return this.#options.v2Transport;
  }

  /** Through whom each network is reached. */
  get proxies(): Proxies {
    return this.#reach.proxies;
  }

  get isActive(): boolean {
    return this.#connections.isActive;
  }

  get orphanCount(): number {
    return this.#departments.intake.orphanCount;
  }

  /** Transactions whose parents are not here. */
  orphans(): Iterable<Orphan> {
    return this.#departments.intake.orphans();
  }

  /** Does now what is due within some seconds (mockscheduler). */
  forward(seconds: number): void {
    this.#rebroadcast.forward(seconds);
    this.#outbound.forward(seconds);
    this.#tickSoon();
  }

  /** Bytes since the start, of connections that are gone as well. */
  get totals(): { readonly sent: number; readonly received: number } {
    let { sent, received } = this.#past;
    for (const { connection } of this.#peers) {
      sent += connection.sent.total;
      received += connection.received.total;
    }
    return { sent, received };
  }

  /** Where others reach us; empty before `start`. */
  get listening(): readonly BindAddress[] {
    return this.#connections.listening;
  }

  /** Closes all connections and makes no new ones, or takes up work again. */
  setActive(isActive: boolean): void {
    this.#connections.setActive(isActive);
  }

  /** Keeps a connection to the node, encrypted if it can; false when it is in the list already. */
  addNode(name: string, useV2: boolean = this.#options.v2Transport): boolean {
    return this.#connections.added.add(name, useV2);
  }

  /** False when it was not in the list. */
  removeAddedNode(name: string): boolean {
    return this.#connections.added.remove(name);
  }

  addedNodes(): AddedNode[] {
    return this.#connections.added.names.map((name) => {
      const peer = this.#connections.find(name);
      return { name, peer: peer === null ? null : describePeer(peer, this.#parts.clock) };
    });
  }

  /** Connects once; the other kinds are for addconnection. Failure is logged. */
  connectTo(
    name: string,
    kind: OutboundKind | "manual" = "manual",
    useV2: boolean = this.#options.v2Transport,
  ): Promise<void> {
    return this.#connections.dial({ name, kind, useV2 });
  }

  /** False when there are as many connections of the kind as there may be. */
  mayConnect(kind: OutboundKind): boolean {
    const { limits } = this.#connections;
    const count = this.#connections.count((other) => other === kind);
    if (kind === "outbound-full-relay" && count >= limits.fullRelay) return false;
    if (kind === "block-relay-only" && count >= limits.blockRelay) return false;
    return this.#connections.hasAutomaticSlot;
  }

  /** Closes the connection with this id or address; false when there is none. */
  disconnect(peer: number | string): boolean {
    const found = typeof peer === "number" ? this.#peers.get(peer) : this.#connections.find(peer);
    found?.connection.close();
    return found !== undefined && found !== null;
  }

  /** Pings everybody soon. */
  pingAll(): void {
    for (const peer of this.#peers) peer.isPingQueued = true;
  }

  /**
   * Refuses an address or subnet and closes its connections.
   *
   * @param until seconds since 1970. @throws RangeError when `subnet` is neither
   */
  ban(subnet: string, until: number): void {
    this.bans.ban(subnet, until);
    for (const peer of [...this.#peers])
      if (this.bans.isBanned(peer.origin.address.host)) peer.connection.close();
  }

  /** Sends raw bytes under a command (sendmsgtopeer); false when there is no such peer. */
  sendRaw(id: number, command: string, payload: Uint8Array): boolean {
    const peer = this.#peers.get(id);
    peer?.connection.sendPayload(command, payload);
    return peer !== undefined;
  }

  /** Asks one peer for a block; why not, in Core's words, or null. */
  fetchBlock(id: number, node: BlockNode): string | null {
    const peer = this.#peers.get(id);
    if (peer === undefined) return "Peer does not exist";
    if (!peer.servesWitnesses) return "Pre-SegWit peer";
    this.#departments.download.fetchFrom(peer, node);
    return null;
  }

  /** Announces a transaction of the mempool again to who does not know it. */
  announceTransaction(entry: NetMempoolEntry): void {
    this.#departments.relay.announce(entry);
    this.#tickSoon();
  }

  /** Closes all sockets; no callback of a peer runs afterwards. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.();
    this.#outbound.close();
    this.#reach.close();
    this.#connections.close();
    this.bans.save();
  }
}
