import type { Socket } from "node:net";
import { parseHost } from "./addresses/address-text.ts";
import { LOCAL_BIND, type LocalAddresses } from "./addresses/local-addresses.ts";
import type { BindAddress } from "./bind-address.ts";
import type { NetLog, NetOptions } from "./net-parts.ts";
import { isPermitted, PERMIT_NO_BAN } from "./permissions.ts";
import { formatHostPort } from "./socket-text.ts";
import type { OpenDoor, Sockets } from "./sockets.ts";

interface ListenerParts {
  readonly log: NetLog;
  readonly sockets: Sockets;
  readonly local: LocalAddresses;
  accept(socket: Socket, bind: BindAddress): void;
}

/** Sockets on which others find us. Core: CConnman::InitBinds. */
export class Listener {
  readonly #parts: ListenerParts;
  readonly #doors: OpenDoor[] = [];
  readonly #addresses: BindAddress[] = [];

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  /** Addresses that are listened on, with the ports that the system chose. */
  get addresses(): readonly BindAddress[] {
    return this.#addresses;
  }

  /** Opens what the settings say. @throws Error in Core's words when an address is taken */
  async openAll({ binds, port, reach }: NetOptions): Promise<void> {
    for (const bind of binds) {
      await this.#open(bind);
      this.#advertise(bind);
    }
    if (reach.onionDoor !== null) await this.#tryOpen({ ...reach.onionDoor, onion: true });
    if (binds.length === 0) await this.#openEverywhere(port);
  }

  async #open(bind: BindAddress): Promise<number> {
    const { sockets, log, accept } = this.#parts;
    const door = await sockets.listen(bind, (socket) => accept(socket, bind));
    const address = { ...bind, port: door.port };
    this.#doors.push(door);
    this.#addresses.push(address);
    log.info(`Bound to ${formatHostPort(address)}`);
    return door.port;
  }

  /** For what is of use, but not everywhere to be had: IPv6, or the place where Tor looks for one of us. */
  async #tryOpen(bind: BindAddress): Promise<void> {
    try {
      await this.#open(bind);
    } catch (error) {
      this.#parts.log.debug("net", `not listening there: ${String(error)}`);
      if (bind.onion) this.#parts.log.warning(`No connections from Tor: ${String(error)}`);
    }
  }

  async #openEverywhere(port: number): Promise<void> {
    const chosen = await this.#open({ host: "0.0.0.0", port, onion: false });
    await this.#tryOpen({ host: "::", port: chosen, onion: false });
  }

  /** Others may be told of it, unless it is for friends or for Tor only. */
  #advertise({ host, port, onion, permissions = 0 }: BindAddress): void {
    const address = parseHost(host, port);
    if (address !== null && !onion && !isPermitted(permissions, PERMIT_NO_BAN))
      this.#parts.local.add(address, LOCAL_BIND);
  }

  close(): void {
    for (const door of this.#doors) door.close();
  }
}
