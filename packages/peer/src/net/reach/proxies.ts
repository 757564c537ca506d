import type { NetworkKind } from "../addresses/address-class.ts";
import { formatHostPort } from "../socket-text.ts";
import { type ProxyServer, type ReachOptions, UNIX_PREFIX } from "./reach-options.ts";

/** Through whom each network is reached. Core: proxyInfo, nameProxy. */
export class Proxies {
  readonly nameProxy: ProxyServer | null;
  readonly #byNetwork: Map<NetworkKind, ProxyServer>;

  constructor(options: ReachOptions) {
    this.nameProxy = options.nameProxy;
    this.#byNetwork = new Map(options.proxies);
  }

  /** Null when the network is reached without one, or not at all. */
  get(network: NetworkKind): ProxyServer | null {
    return this.#byNetwork.get(network) ?? null;
  }

  /** The Tor daemon told where its proxy is. */
  set(network: NetworkKind, proxy: ProxyServer): void {
    this.#byNetwork.set(network, proxy);
  }
}

/** "127.0.0.1:9050", or "unix:" and the path. Core: Proxy::ToString. */
export function formatProxy({ at }: ProxyServer): string {
  return at.host.startsWith(UNIX_PREFIX) ? at.host : formatHostPort(at);
}
