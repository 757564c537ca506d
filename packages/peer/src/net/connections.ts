import type { Socket } from "node:net";
import { AddedNodes } from "./added-nodes.ts";
import type { BanList } from "./ban-list.ts";
import { Connection } from "./connection.ts";
import { dial } from "./dialer.ts";
import { Listener } from "./listener.ts";
import type { BindAddress, NetOptions, NetParts } from "./net-parts.ts";
import { type ConnectionKind, Peer, type PeerOrigin } from "./peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { isPermitted, PERMIT_NO_BAN, resolveImplicit, Whitelist } from "./permissions.ts";
import { formatHostPort, type HostPort, parseHostPort, plainHost } from "./socket-text.ts";

/** Connections that are not for inbound peers: full relay, block relay and a feeler. */
const OUTBOUND_SLOTS = 11;

interface ConnectionsParts extends NetParts {
  readonly peers: PeerSet;
  readonly bans: BanList;
  opened(peer: Peer): void;
  framesCame(peer: Peer): void;
  closed(peer: Peer): void;
}

/** Opens connections, in both directions, and keeps those to added nodes. */
export class Connections {
  readonly added: AddedNodes;
  readonly #parts: ConnectionsParts;
  readonly #options: NetOptions;
  readonly #whitelist: Whitelist;
  readonly #listener = new Listener();
  /** Names that are being dialled. */
  readonly #dialling = new Set<string>();
  #nextId = 0;
  #isActive: boolean;
  #isClosed = false;

  constructor(parts: ConnectionsParts, options: NetOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#isActive = options.active;
    this.#whitelist = new Whitelist(options.whitelist);
    this.added = new AddedNodes({
      isConnected: (name) => this.find(name) !== null,
      dial: (name) => this.dial(name, "manual"),
    });
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  get listening(): readonly BindAddress[] {
    return this.#listener.addresses;
  }

  /** Listens and dials. @throws Error when an address to listen on is taken */
  async open(): Promise<void> {
    if (this.#options.listen) await this.#listen();
    for (const name of [...(this.#options.connect ?? []), ...this.#options.addNodes])
      this.added.add(name);
    this.added.start();
  }

  /** Closes all connections and makes no new ones, or takes up work again. */
  setActive(isActive: boolean): void {
    this.#isActive = isActive;
    if (!isActive) for (const peer of [...this.#parts.peers]) peer.connection.close();
  }

  async #listen(): Promise<void> {
    const accept = (socket: Socket, bind: BindAddress): void => this.#accept(socket, bind);
    for (const bind of this.#options.binds) await this.#listener.open(bind, accept);
    if (this.#options.binds.length > 0) return;
    const { port } = this.#options;
    await this.#listener.open({ host: "0.0.0.0", port, onion: false }, accept);
    const chosen = this.#listener.addresses[0]?.port ?? port;
    try {
      await this.#listener.open({ host: "::", port: chosen, onion: false }, accept);
    } catch {
      this.#parts.log.debug("net", "no IPv6 here to listen on");
    }
    for (const address of this.#listener.addresses)
      this.#parts.log.info(`Bound to ${formatHostPort(address)}`);
  }

  #accept(socket: Socket, bind: BindAddress): void {
    const address = { host: plainHost(socket.remoteAddress ?? ""), port: socket.remotePort ?? 0 };
    const named =
      (bind.permissions ?? 0) |
      (bind.onion ? 0 : this.#whitelist.permissionsOf(address.host, true));
    const permissions = resolveImplicit(named, this.#options);
    const refusal = this.#refusal(address.host, isPermitted(permissions, PERMIT_NO_BAN));
    if (refusal !== null) {
      this.#parts.log.debug(
        "net",
        `connection from ${formatHostPort(address)} dropped (${refusal})`,
      );
      socket.destroy();
      return;
    }
    this.#adopt(socket, {
      kind: "inbound",
      address,
      name: formatHostPort(address),
      bound: boundAddress(socket),
      isOnion: bind.onion,
      permissions,
      connectedAt: this.#parts.clock.now(),
    });
  }

  #refusal(host: string, isTrusted: boolean): string | null {
    if (!this.#isActive || this.#isClosed) return "not accepting new connections";
    const slots = Math.max(0, this.#options.maxConnections - OUTBOUND_SLOTS);
    const { inboundCount } = this.#parts.peers;
    if (!isTrusted && this.#parts.bans.isBanned(host)) return "banned";
    if (!isTrusted && inboundCount + 1 >= slots && this.#parts.bans.isDiscouraged(host))
      return "discouraged";
    return inboundCount >= slots ? "full" : null;
  }

  #adopt(socket: Socket, origin: PeerOrigin): void {
    const id = this.#nextId++;
    const { clock, log, network } = this.#parts;
    const connection = new Connection(id, socket, { clock, log, magic: network.magic });
    const peer = new Peer(id, connection, origin);
    connection.onFrames = () => this.#parts.framesCame(peer);
    connection.onClose = () => this.#parts.closed(peer);
    this.#parts.peers.add(peer);
    log.debug("net", `Added connection peer=${id}`);
    this.#parts.opened(peer);
  }

  /** Connects once; failure is logged. */
  dial(name: string, kind: ConnectionKind): void {
    this.#tryDial(name, kind).catch((error: unknown) => {
      this.#parts.log.debug("net", `connection attempt to ${name} failed: ${String(error)}`);
    });
  }

  async #tryDial(name: string, kind: ConnectionKind): Promise<void> {
    const address = parseHostPort(name, this.#parts.network.p2pPort);
    if (!this.#isActive || this.#isClosed || this.#dialling.has(name)) return;
    if (kind !== "manual" && this.#isUnwanted(address)) return;
    if (this.find(name) !== null) return;
    this.#parts.log.debug("net", `trying v1 connection (${kind}) to ${name}`);
    this.#dialling.add(name);
    try {
      const socket = await dial(address, this.#options.connectTimeoutMs);
      if (this.#isClosed || !this.#isActive) socket.destroy();
      else this.#adoptOutbound(socket, name, kind);
    } finally {
      this.#dialling.delete(name);
    }
  }

  #isUnwanted({ host }: HostPort): boolean {
    return this.#parts.bans.isBanned(host) || this.#parts.bans.isDiscouraged(host);
  }

  #adoptOutbound(socket: Socket, name: string, kind: ConnectionKind): void {
    const address = { host: plainHost(socket.remoteAddress ?? ""), port: socket.remotePort ?? 0 };
    this.#adopt(socket, {
      kind,
      address,
      name,
      bound: boundAddress(socket),
      isOnion: false,
      permissions: resolveImplicit(
        this.#whitelist.permissionsOf(address.host, false),
        this.#options,
      ),
      connectedAt: this.#parts.clock.now(),
    });
  }

  /** The peer with this name or address. */
  find(name: string): Peer | null {
    const wanted = formatHostPort(parseHostPort(name, this.#parts.network.p2pPort));
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

function boundAddress(socket: Socket): string {
  return formatHostPort({
    host: plainHost(socket.localAddress ?? ""),
    port: socket.localPort ?? 0,
  });
}
