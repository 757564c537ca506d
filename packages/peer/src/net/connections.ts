import type { Socket } from "node:net";
import { EMPTY_ADDRESS, type SocketAddress } from "@compeer/protocol/wire/address";
import { AddedNodes } from "./added-nodes.ts";
import { netClass } from "./addresses/address-class.ts";
import { formatHost, parseHost } from "./addresses/address-text.ts";
import type { Addresses } from "./addresses/addresses.ts";
import type { BanList } from "./ban-list.ts";
import type { BindAddress } from "./bind-address.ts";
import { Connection } from "./connection.ts";
import { InboundGate } from "./inbound-gate.ts";
import { Listener } from "./listener.ts";
import { type MessageRecorder, messageRecorders } from "./message-capture.ts";
import type { NetOptions, NetParts } from "./net-parts.ts";
import { type ConnectionLimits, connectionLimits } from "./outbound/outbound-limits.ts";
import { type ConnectionKind, Peer, type PeerOrigin } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { isPermitted, PERMIT_NO_BAN, resolveImplicit, Whitelist } from "./permissions.ts";
import type { Dialer } from "./reach/dialer.ts";
import type { Dialled } from "./reach/dialled.ts";
import { localEnd, remoteEnd } from "./socket-ends.ts";
import { canonicalHostPort, formatHostPort, type HostPort, parseHostPort } from "./socket-text.ts";
import { SYSTEM_SOCKETS } from "./sockets.ts";
import type { TransportChoice } from "./transport/make-transport.ts";

interface ConnectionsParts extends NetParts {
  readonly peers: PeerSet;
  readonly bans: BanList;
  readonly addresses: Addresses;
  readonly dialer: Dialer;
  opened(peer: Peer): void;
  framesCame(peer: Peer): void;
  closed(peer: Peer): void;
}

/** Only a proxy knows where a name leads. */
const UNKNOWN: HostPort = { host: "", port: 0 };

/** Whom to connect to. */
export interface DialTarget {
  /** "host:port". */
  readonly name: string;
  readonly kind: ConnectionKind;
  /** Encrypted, if the other end can. */
  readonly useV2: boolean;
  /** The address when the book chose it: then it must not be banned, ours, or connected already. */
  readonly chosen?: SocketAddress;
  /** A failure counts against the address. */
  readonly countFailure?: boolean;
}

/** Opens connections, in both directions, and keeps those to added nodes. */
export class Connections {
  readonly added: AddedNodes;
  readonly limits: ConnectionLimits;
  readonly #parts: ConnectionsParts;
  readonly #options: NetOptions;
  readonly #whitelist: Whitelist;
  readonly #gate: InboundGate;
  readonly #listener: Listener;
  readonly #recorderOf: (peer: string) => MessageRecorder;
  /** Names that are being dialled, with the kind of connection. */
  readonly #dialling = new Map<string, ConnectionKind>();
  #nextId = 0;
  #isActive: boolean;
  #isClosed = false;

  constructor(parts: ConnectionsParts, options: NetOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#listener = new Listener({
      log: parts.log,
      sockets: parts.sockets ?? SYSTEM_SOCKETS,
      local: parts.addresses.local,
      accept: (socket, bind) => this.#accept(socket, bind),
    });
    this.#isActive = options.active;
    this.#whitelist = new Whitelist(options.whitelist);
    this.#recorderOf = messageRecorders(options.captureFolder, parts.clock);
    this.limits = connectionLimits(options.maxConnections);
    this.#gate = new InboundGate({ ...parts, slots: this.limits.inbound });
    this.added = new AddedNodes({
      clock: parts.clock,
      canonical: (name) => canonicalHostPort(name, parts.network.p2pPort),
      isConnected: (name) => this.find(name) !== null,
      isDialling: (name) => this.#dialling.has(name),
      dial: (name, useV2) => this.dial({ name, kind: "manual", useV2 }),
    });
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  /** Names are looked up by a proxy. */
  get hasNameProxy(): boolean {
    return this.#parts.dialer.hasNameProxy;
  }

  /** Who comes from Tor comes to us: where it is sent to nobody else listens. */
  get hasTorDoor(): boolean {
    const { onionDoor } = this.#options.reach;
    return onionDoor === null || this.listening.some(({ onion }) => onion);
  }

  get listening(): readonly BindAddress[] {
    return this.#listener.addresses;
  }

  /** Listens and dials. @throws Error when an address to listen on is taken */
  async open(): Promise<void> {
    this.#parts.log.info(`SetNetworkActive: ${this.#isActive}`);
    if (this.#options.listen) await this.#listener.openAll(this.#options);
    const { addNodes, connect, v2Transport } = this.#options;
    for (const name of connect ?? []) this.added.add(name, v2Transport, true);
    for (const name of addNodes) this.added.add(name, v2Transport);
    this.#parts.log.info("addcon thread start");
    this.added.start();
  }

  /** Closes all connections and makes no new ones, or takes up work again. */
  setActive(isActive: boolean): void {
    this.#parts.log.info(`SetNetworkActive: ${isActive}`);
    this.#isActive = isActive;
    if (!isActive) for (const peer of [...this.#parts.peers]) peer.connection.close();
  }

  /** Somebody came in through I2P. */
  acceptI2p({ socket, address, bound }: Dialled & { readonly address: HostPort }): void {
    this.#accept(socket, { host: "", port: 0, onion: false }, address, bound);
  }

  #accept(
    socket: Socket,
    bind: BindAddress,
    address: HostPort = remoteEnd(socket),
    bound: string | null = null,
  ): void {
    const { log, bans } = this.#parts;
    const named =
      (bind.permissions ?? 0) |
      (bind.onion ? 0 : this.#whitelist.permissionsOf(address.host, true));
    const permissions = resolveImplicit(named, this.#options);
    const name = formatHostPort(address);
    const refusal = this.#refusal(address.host, isPermitted(permissions, PERMIT_NO_BAN));
    if (refusal !== null) {
      log.debug("net", `connection from ${name} dropped (${refusal})`);
      socket.destroy();
      return;
    }
    const transport = this.#options.v2Transport ? "answering" : "v1";
    log.debug("net", `connection from ${name} accepted`);
    this.#adopt(socket, transport, {
      ...this.#origin(address, "inbound", name, bind.onion),
      bound: bound ?? localEnd(socket),
      permissions,
      wasDiscouraged: bans.isDiscouraged(address.host),
    });
  }

  #refusal(host: string, isTrusted: boolean): string | null {
    if (!this.#isActive || this.#isClosed) return "not accepting new connections";
    return this.#gate.refusal(host, isTrusted);
  }

  #origin(
    address: HostPort,
    kind: ConnectionKind,
    name: string,
    isOnion: boolean,
  ): Omit<PeerOrigin, "bound" | "permissions" | "wasDiscouraged"> {
    const parsed = parseHost(address.host, address.port) ?? EMPTY_ADDRESS;
    const endpoint = this.#parts.addresses.reachable.asCjdns(parsed);
    return {
      kind,
      address,
      endpoint,
      network: isOnion ? "onion" : netClass(endpoint),
      keyedGroup: this.#parts.addresses.keyedGroup(endpoint),
      name,
      isOnion,
      connectedAt: this.#parts.clock.now(),
    };
  }

  #adopt(socket: Socket, transport: TransportChoice, origin: PeerOrigin): void {
    const id = this.#nextId++;
    const { clock, log, network } = this.#parts;
    const record = this.#recorderOf(formatHostPort(origin.address));
    const { magic } = network;
    const limits = this.#options;
    const connection = new Connection(id, socket, { clock, log, magic, transport, record, limits });
    const peer = new Peer(id, connection, origin);
    connection.onFrames = () => this.#parts.framesCame(peer);
    connection.onClose = () => {
      this.#parts.closed(peer);
      this.#retryV1(peer);
    };
    this.#parts.peers.add(peer);
    log.debug("net", `Added connection peer=${id}`);
    connection.start();
    this.#parts.opened(peer);
  }

  /** Who closed on our encrypted greeting may understand the old one. Core: m_reconnections. */
  #retryV1(peer: Peer): void {
    if (!this.#isActive || this.#isClosed || !peer.connection.transport.shouldRetryV1) return;
    this.#parts.log.debug("net", `retrying with v1 transport protocol for peer=${peer.id}`);
    void this.dial({ name: peer.origin.name, kind: peer.kind, useV2: false });
  }

  /** Connections of a kind, those under way as well. */
  count(test: (kind: ConnectionKind) => boolean): number {
    let count = this.#parts.peers.count(({ kind }) => test(kind));
    for (const kind of this.#dialling.values()) if (test(kind)) count++;
    return count;
  }

  /** True while another connection may be opened beside those to added nodes. */
  get hasAutomaticSlot(): boolean {
    const isAutomatic = (kind: ConnectionKind): boolean => kind !== "inbound" && kind !== "manual";
    return this.count(isAutomatic) < this.limits.automatic;
  }

  /** Connects once; failure is logged. Resolves when it stands, or will not. */
  async dial(target: DialTarget): Promise<void> {
    try {
      await this.#tryDial(target);
    } catch (error) {
      this.#parts.log.debug("net", `connection attempt to ${target.name} failed: ${String(error)}`);
    }
  }

  async #tryDial(target: DialTarget): Promise<void> {
    const { name, kind, chosen } = target;
    if (!this.#isActive || this.#isClosed || this.#dialling.has(name)) return;
    if (chosen !== undefined ? this.#isUnwanted(chosen) : this.find(name) !== null) return;
    const address = parseHostPort(name, this.#portOf(name));
    if (address === null) throw new Error("no host and port");
    const transport = target.useV2 && this.#options.v2Transport ? "v2" : "v1";
    this.#parts.log.debug("net", `trying ${transport} connection (${kind}) to ${name}`);
    this.#dialling.set(name, kind);
    try {
      const dialled = await this.#parts.dialer.connect(address, {
        timeoutMs: this.#options.connectTimeoutMs,
        countFailure: target.countFailure ?? false,
      });
      if (this.#isClosed || !this.#isActive) dialled.socket.destroy();
      else this.#adoptOutbound(dialled, transport, target);
    } finally {
      this.#dialling.delete(name);
    }
  }

  /** SAM 3.1 knows no ports. Core: CConnman::GetDefaultPort. */
  #portOf(name: string): number {
    return name.toLowerCase().endsWith(".b32.i2p") ? 0 : this.#parts.network.p2pPort;
  }

  #isUnwanted(address: SocketAddress): boolean {
    const host = formatHost(address);
    const { bans, addresses } = this.#parts;
    return (
      bans.isBanned(host) ||
      bans.isDiscouraged(host) ||
      addresses.local.has(address) ||
      this.isConnectedTo(address)
    );
  }

  /** True when somebody with this address, at whatever port, is connected. */
  isConnectedTo(address: SocketAddress): boolean {
    const host = formatHost(address);
    return this.#parts.peers.count((peer) => peer.origin.address.host === host) > 0;
  }

  #adoptOutbound(
    { socket, bound, ...dialled }: Dialled,
    transport: TransportChoice,
    { name, kind }: DialTarget,
  ): void {
    const address = dialled.address ?? UNKNOWN;
    // Permissions of -whitelist with "out" are for nodes that were added by hand.
    const named = kind === "manual" ? this.#whitelist.permissionsOf(address.host, false) : 0;
    this.#adopt(socket, transport, {
      ...this.#origin(address, kind, name, false),
      bound: bound ?? localEnd(socket),
      permissions: resolveImplicit(named, this.#options),
      wasDiscouraged: false,
    });
  }

  /** The peer with this name or address. */
  find(name: string): Peer | null {
    const place = parseHostPort(name, this.#portOf(name));
    const wanted = place === null ? name : formatHostPort(place);
    for (const peer of this.#parts.peers)
      if (peer.origin.name === name || formatHostPort(peer.origin.address) === wanted) return peer;
    return null;
  }

  close(): void {
    this.#isClosed = true;
    this.added.stop();
    this.#listener.close();
    for (const peer of [...this.#parts.peers]) peer.connection.close();
  }
}
