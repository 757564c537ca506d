import { randomBytes } from "node:crypto";
import { isIP, type Socket } from "node:net";
import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { AddressBook } from "../addresses/address-book.ts";
import { type NetworkKind, networkKind } from "../addresses/address-class.ts";
import { parseHost } from "../addresses/address-text.ts";
import type { ReachableNetworks } from "../addresses/reachable-networks.ts";
import type { NetLog } from "../net-parts.ts";
import { formatHostPort, type HostPort } from "../socket-text.ts";
import type { Sockets } from "../sockets.ts";
import type { Dialled } from "./dialled.ts";
import type { I2p } from "./i2p.ts";
import { formatProxy, type Proxies } from "./proxies.ts";
import type { ProxyServer } from "./reach-options.ts";
import { type Credentials, connectBySocks5 } from "./socks5.ts";

interface DialerParts {
  readonly log: NetLog;
  readonly sockets: Sockets;
  readonly proxies: Proxies;
  readonly reachable: ReachableNetworks;
  /** Remembers which addresses were tried. */
  readonly book: Pick<AddressBook, "attempt">;
  readonly i2p: I2p;
  /** -dns. */
  readonly dns: boolean;
}

interface DialOptions {
  readonly timeoutMs: number;
  /** A failure counts against the address. */
  readonly countFailure: boolean;
}

/** The way to the host is broken: it says nothing about the host. Core: proxy_connection_failed. */
class ProxyUnreachable extends Error {}

/** Connects to peers by the way that their network needs. Core: CConnman::ConnectNode. */
export class Dialer {
  readonly #parts: DialerParts;
  readonly #prefix = randomBytes(8).toString("hex");
  /** Connections to proxies that have not yet reached anybody. */
  readonly #asking = new Set<Socket>();
  #streams = 0;

  constructor(parts: DialerParts) {
    this.#parts = parts;
  }

  /** Names are looked up by a proxy, never by this machine. */
  get hasNameProxy(): boolean {
    return this.#parts.proxies.nameProxy !== null;
  }

  /**
   * Connects, and notes with the address that it was tried, if the attempt got as far as that.
   *
   * @throws ProxyUnreachable when it did not
   * @throws Error when the host refuses or does not answer in time
   */
  async connect(to: HostPort, { timeoutMs, countFailure }: DialOptions): Promise<Dialled> {
    const parsed = parseHost(to.host, to.port);
    if (parsed === null) return this.#connectToName(to, timeoutMs);
    const endpoint = this.#parts.reachable.asCjdns(parsed);
    const note = (): void => this.#parts.book.attempt(endpoint, countFailure);
    try {
      const dialled = await this.#connectTo(endpoint, to, timeoutMs);
      note();
      return dialled;
    } catch (error) {
      if (!(error instanceof ProxyUnreachable)) note();
      throw error;
    }
  }

  async #connectTo(endpoint: SocketAddress, to: HostPort, timeoutMs: number): Promise<Dialled> {
    const network = networkKind(endpoint);
    const proxy = this.#parts.proxies.get(network);
    if (network === "i2p") return { ...(await this.#parts.i2p.connect(to)), address: to };
    if (proxy !== null) return this.#throughProxy(proxy, to, { address: to, timeoutMs });
    // To ask the system for such a name would tell others whom we look for.
    if (isIP(to.host) === 0) throw unreached(network);
    return this.#directly(to, timeoutMs);
  }

  async #connectToName(to: HostPort, timeoutMs: number): Promise<Dialled> {
    const { nameProxy } = this.#parts.proxies;
    if (nameProxy !== null) return this.#throughProxy(nameProxy, to, { address: null, timeoutMs });
    if (!this.#parts.dns) throw new ProxyUnreachable("names are not looked up (-dns=0)");
    if (/\.(onion|i2p)$/i.test(to.host))
      throw new ProxyUnreachable("not an address of its network");
    return this.#directly(to, timeoutMs);
  }

  async #directly(to: HostPort, timeoutMs: number): Promise<Dialled> {
    const socket = await this.#parts.sockets.connect(to, timeoutMs);
    const seen = { host: socket.remoteAddress ?? to.host, port: socket.remotePort ?? to.port };
    return { socket, address: isIP(to.host) === 0 ? seen : to, bound: null };
  }

  async #throughProxy(
    proxy: ProxyServer,
    to: HostPort,
    { address, timeoutMs }: { readonly address: HostPort | null; readonly timeoutMs: number },
  ): Promise<Dialled> {
    const { log, sockets } = this.#parts;
    log.debug("proxy", `Using proxy: ${formatProxy(proxy)} to connect to ${formatHostPort(to)}`);
    const socket = await this.#reachProxy(sockets.connect(proxy.at, timeoutMs));
    const credentials = proxy.isolates ? this.#credentials() : null;
    this.#asking.add(socket);
    try {
      await connectBySocks5(socket, to, credentials);
    } finally {
      this.#asking.delete(socket);
    }
    return { socket, address, bound: null };
  }

  async #reachProxy(connecting: Promise<Socket>): Promise<Socket> {
    try {
      return await connecting;
    } catch (cause) {
      throw new ProxyUnreachable(`proxy cannot be reached: ${String(cause)}`, { cause });
    }
  }

  /** Ends what is under way. */
  close(): void {
    for (const socket of this.#asking) socket.destroy();
  }

  /** Unlike all others of this run and of others. */
  #credentials(): Credentials {
    const name = `${this.#prefix}-${this.#streams++}`;
    return { username: name, password: name };
  }
}

function unreached(network: NetworkKind): Error {
  return new ProxyUnreachable(`there is no way into the network ${network}`);
}
