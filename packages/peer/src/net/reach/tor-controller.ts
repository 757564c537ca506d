import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SocketAddress } from "@compeer/protocol/wire/address";
import type { Clock } from "../../clock/clock.ts";
import { parseHost } from "../addresses/address-text.ts";
import { LOCAL_MANUAL, type LocalAddresses } from "../addresses/local-addresses.ts";
import type { ReachableNetworks } from "../addresses/reachable-networks.ts";
import type { NetLog } from "../net-parts.ts";
import { wait } from "../outbound/wait.ts";
import { formatHostPort, type HostPort, parseHostPort } from "../socket-text.ts";
import type { Sockets } from "../sockets.ts";
import type { Proxies } from "./proxies.ts";
import type { TorControlOptions } from "./reach-options.ts";
import { authenticateToTor, TOR_OK } from "./tor-authentication.ts";
import { TorConnection } from "./tor-connection.ts";
import { parseTorPairs } from "./tor-reply.ts";

const CONNECT_MS = 5000;
/** Core: RECONNECT_TIMEOUT_START, _EXP and _MAX. */
const FIRST_PAUSE_MS = 1000;
const PAUSE_GROWTH = 1.5;
const LONGEST_PAUSE_MS = 600_000;
const UNRECOGNIZED = 510;
const NEW_KEY = "NEW:ED25519-V3";
const KEY_FILE = "onion_v3_private_key";
const SOCKS_LINE = "net/listeners/socks=";
const DEFAULT_SOCKS: HostPort = { host: "127.0.0.1", port: 9050 };

interface ControllerParts {
  readonly clock: Clock;
  readonly log: NetLog;
  readonly sockets: Sockets;
  readonly proxies: Proxies;
  readonly local: LocalAddresses;
  readonly reachable: ReachableNetworks;
  /** Port that the onion service shows: the network's, so that it says nothing of us. */
  readonly port: number;
  /** Where the service's key is kept; null keeps it in memory. */
  readonly directory: string | null;
}

/** Has a Tor daemon offer us as an onion service, for as long as the connection to it stands. Core: TorController. */
export class TorController {
  readonly #parts: ControllerParts;
  readonly #options: TorControlOptions;
  readonly #stopping = new AbortController();
  #privateKey: string;

  constructor(parts: ControllerParts, options: TorControlOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#privateKey = this.#readKey();
  }

  /** Works until it is closed: connects again whenever the daemon is lost. */
  async run(): Promise<void> {
    const { clock, log } = this.#parts;
    let pause = FIRST_PAUSE_MS;
    do {
      if (await this.#session()) pause = FIRST_PAUSE_MS;
      if (this.#stopping.signal.aborted) return;
      const where = formatHostPort(this.#options.at);
      const seconds = (pause / 1000).toFixed(2);
      log.debug("tor", `Not connected to Tor control port ${where}, retrying in ${seconds} s`);
      const next = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE_MS);
      if (!(await wait(clock, pause, this.#stopping.signal))) return;
      pause = next;
    } while (!this.#stopping.signal.aborted);
  }

  /** Returns when the daemon is lost; false when it was never there. */
  async #session(): Promise<boolean> {
    const tor = await this.#connect();
    if (tor === null) return false;
    const stop = (): void => tor.close();
    this.#stopping.signal.addEventListener("abort", stop, { once: true });
    let service: SocketAddress | null = null;
    try {
      service = await this.#setUp(tor);
    } catch (error) {
      this.#parts.log.warning(`tor: ${error instanceof Error ? error.message : error}`);
    }
    await tor.untilLost();
    this.#stopping.signal.removeEventListener("abort", stop);
    if (service !== null) this.#parts.local.remove(service);
    return true;
  }

  async #connect(): Promise<TorConnection | null> {
    try {
      const socket = await this.#parts.sockets.connect(this.#options.at, CONNECT_MS);
      if (!this.#stopping.signal.aborted) return new TorConnection(socket);
      socket.destroy();
    } catch {
      // It is not running: nothing to speak of more than once a pause.
    }
    return null;
  }

  async #setUp(tor: TorConnection): Promise<SocketAddress | null> {
    await authenticateToTor(tor, this.#options.password, this.#parts.log);
    if (this.#options.learnsProxy) await this.#learnProxy(tor);
    return this.#addOnion(tor);
  }

  /** Connections to onion services go through the daemon from now on. */
  async #learnProxy(tor: TorConnection): Promise<void> {
    const { log, proxies, reachable } = this.#parts;
    const { code, lines } = await tor.command("GETINFO net/listeners/socks");
    if (code !== TOR_OK) log.warning(`tor: Get SOCKS port command failed; error code ${code}`);
    const at = code === TOR_OK ? socksListener(lines) : DEFAULT_SOCKS;
    log.debug("tor", `Configuring onion proxy for ${formatHostPort(at)}`);
    proxies.set("onion", { at, isolates: true });
    if (this.#options.mayReachOnions) reachable.add("onion");
  }

  async #addOnion(tor: TorConnection): Promise<SocketAddress | null> {
    const { log, port, local } = this.#parts;
    const key = this.#privateKey === "" ? NEW_KEY : this.#privateKey;
    const target = formatHostPort(this.#options.target);
    const { code, lines } = await tor.command(`ADD_ONION ${key} Port=${port},${target}`);
    if (code === UNRECOGNIZED)
      throw new Error(
        "Add onion failed with unrecognized command (You probably need to upgrade Tor)",
      );
    if (code !== TOR_OK) throw new Error(`Add onion failed; error code ${code}`);
    const pairs = new Map(lines.flatMap((line) => [...parseTorPairs(line)]));
    const service = parseHost(`${pairs.get("ServiceID") ?? ""}.onion`, port);
    if (service === null) throw new Error("Error parsing ADD_ONION parameters");
    log.info(
      `Got tor service ID ${pairs.get("ServiceID")}, advertising service ${pairs.get("ServiceID")}.onion:${port}`,
    );
    this.#keepKey(pairs.get("PrivateKey"));
    local.add(service, LOCAL_MANUAL);
    return service;
  }

  get #keyPath(): string | null {
    const { directory } = this.#parts;
    return directory === null ? null : join(directory, KEY_FILE);
  }

  #readKey(): string {
    const path = this.#keyPath;
    if (path === null || !existsSync(path)) return "";
    const key = readFileSync(path, "latin1").trim();
    // A line break within would be a command of its own.
    return /^[A-Za-z0-9-]+:[A-Za-z0-9+/=]+$/.test(key) ? key : "";
  }

  #keepKey(key: string | undefined): void {
    if (key === undefined) return;
    this.#privateKey = key;
    const path = this.#keyPath;
    if (path === null) return;
    try {
      writeFileSync(path, key, { mode: 0o600 });
    } catch (error) {
      this.#parts.log.warning(`tor: Error writing service private key to ${path}: ${error}`);
    }
  }

  close(): void {
    this.#stopping.abort();
  }
}

/** Of `net/listeners/socks="127.0.0.1:9050" "unix:/path"` the one on this machine, else the last. */
function socksListener(lines: readonly string[]): HostPort {
  const line = lines.find((text) => text.startsWith(SOCKS_LINE)) ?? "";
  const places = line
    .slice(SOCKS_LINE.length)
    .split(" ")
    .map((word) => word.replace(/^(["'])(.*)\1$/, "$2"))
    .filter((word) => word !== "");
  const chosen = places.find((place) => place.startsWith("127.0.0.1:")) ?? places.at(-1) ?? "";
  const place = parseHostPort(chosen, DEFAULT_SOCKS.port);
  return place === null || parseHost(place.host, place.port) === null ? DEFAULT_SOCKS : place;
}
