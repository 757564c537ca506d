import type { BlockNode } from "../chain/block-node.ts";
import { AddressIntake } from "./address-intake.ts";
import { BanList } from "./ban-list.ts";
import { BlockAnnouncer } from "./block-announcer.ts";
import { BlockDownload } from "./block-download.ts";
import { BlockService } from "./block-service.ts";
import { Connections } from "./connections.ts";
import { FeeFilter } from "./fee-filter.ts";
import { Handshake, ourServices } from "./handshake.ts";
import { HeaderSync } from "./header-sync.ts";
import { Judge } from "./judge.ts";
import { KeepAlive } from "./keep-alive.ts";
import { type Departments, MessageHandler } from "./message-handler.ts";
import type { BindAddress, NetMempoolEntry, NetOptions, NetParts } from "./net-parts.ts";
import type { ConnectionKind, Peer } from "./peer.ts";
import { describePeer, type PeerInfo } from "./peer-info.ts";
import { PeerLoop } from "./peer-loop.ts";
import { PeerSet } from "./peer-set.ts";
import { TransactionIntake } from "./transaction-intake.ts";
import { TransactionRelay } from "./transaction-relay.ts";

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
  readonly #parts: NetParts;
  readonly #options: NetOptions;
  readonly #peers = new PeerSet();
  readonly #departments: Departments;
  readonly #handler: MessageHandler;
  readonly #loop: PeerLoop;
  readonly #connections: Connections;
  #isClosed = false;
  #timer: NodeJS.Timeout | null = null;
  #isTickQueued = false;
  #past = { sent: 0, received: 0 };

  constructor(parts: NetParts, options: NetOptions) {
    this.#parts = parts;
    this.#options = options;
    this.bans = new BanList(parts.clock);
    this.#departments = this.#makeDepartments();
    this.#handler = new MessageHandler(parts, options, this.#departments);
    const { judge } = this.#departments;
    this.#loop = new PeerLoop({ handler: this.#handler, judge, log: parts.log });
    this.#connections = new Connections(
      {
        ...parts,
        peers: this.#peers,
        bans: this.bans,
        opened: (peer) => this.#departments.handshake.begin(peer),
        framesCame: (peer) => this.#loop.wake(peer),
        closed: (peer) => this.#forget(peer),
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
    const download = new BlockDownload(parts, peers, judge);
    return {
      judge,
      download,
      handshake: new Handshake(parts, options, peers, judge),
      keepAlive: new KeepAlive({ ...parts, judge, peerTimeout: options.peerTimeout }),
      headers: new HeaderSync(parts, peers, judge, download),
      service: new BlockService(parts, options, judge),
      announcer: new BlockAnnouncer(parts, peers),
      intake: new TransactionIntake(parts, peers),
      relay: new TransactionRelay(parts, peers),
      feeFilter: new FeeFilter(parts, options),
      addresses: new AddressIntake(parts, judge),
    };
  }

  /** Listens and dials. @throws Error when an address to listen on is taken */
  async start(): Promise<void> {
    await this.#connections.open();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  #forget(peer: Peer): void {
    this.#peers.delete(peer);
    this.#past.sent += peer.connection.sent.total;
    this.#past.received += peer.connection.received.total;
    this.#departments.download.forget(peer);
    this.#departments.intake.forget(peer);
    this.#parts.log.debug("net", `Cleared nodestate for peer=${peer.id}`);
  }

  #tick(): void {
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

  get isActive(): boolean {
    return this.#connections.isActive;
  }

  get orphanCount(): number {
    return this.#departments.intake.orphanCount;
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

  /** Keeps a connection to the node; false when it is in the list already. */
  addNode(name: string): boolean {
    return this.#connections.added.add(name);
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
  connectTo(name: string, kind: OutboundKind | "manual" = "manual"): void {
    this.#connections.dial(name, kind);
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
    if (peer.sync.inFlight.has(node.key)) return "Already requested from this peer";
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
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#connections.close();
  }
}
