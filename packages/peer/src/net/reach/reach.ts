import type { Addresses } from "../addresses/addresses.ts";
import type { NetOptions, NetParts } from "../net-parts.ts";
import type { Sockets } from "../sockets.ts";
import { Dialer } from "./dialer.ts";
import { defaultGateways } from "./gateway.ts";
import { type AcceptI2p, I2p } from "./i2p.ts";
import { PortMapper } from "./port-mapper.ts";
import { Proxies } from "./proxies.ts";
import { TorController } from "./tor-controller.ts";

interface ReachParts extends Pick<NetParts, "clock" | "log" | "network"> {
  readonly sockets: Sockets;
  readonly addresses: Addresses;
}

/** Something that works beside us until it is closed. */
interface Service {
  close(): void;
}

/** The ways to others and from them: proxies, Tor, I2P and the router. */
export class Reach {
  readonly proxies: Proxies;
  readonly dialer: Dialer;
  readonly #parts: ReachParts;
  readonly #options: NetOptions;
  readonly #i2p: I2p;
  readonly #services: Service[] = [];

  constructor(parts: ReachParts, options: NetOptions) {
    this.#parts = parts;
    this.#options = options;
    const { addresses } = parts;
    const { reach } = options;
    this.proxies = new Proxies(reach);
    this.#i2p = new I2p({
      ...parts,
      local: addresses.local,
      bridge: this.proxies.get("i2p")?.at ?? null,
      accepts: reach.acceptsI2p,
      directory: options.directory,
    });
    this.dialer = new Dialer({
      ...parts,
      reachable: addresses.reachable,
      book: addresses.book,
      proxies: this.proxies,
      i2p: this.#i2p,
      dns: reach.dns,
    });
  }

  /**
   * Lets others in by the ways that need help.
   *
   * @param port on which we listen
   * @param mayUseTor false when another process listens where Tor would send those who come in
   */
  start(port: number, mayUseTor: boolean, acceptI2p: AcceptI2p): void {
    const { addresses, network } = this.#parts;
    const { torControl, mapsPort } = this.#options.reach;
    const parts = { ...this.#parts, ...addresses, proxies: this.proxies };
    if (torControl !== null && mayUseTor) {
      const { directory } = this.#options;
      const tor = { ...parts, port: network.p2pPort, directory };
      this.#run(new TorController(tor, torControl));
    }
    if (mapsPort) this.#run(new PortMapper({ ...parts, port, gateways: defaultGateways }));
    this.#services.push(this.#i2p);
    this.#watch(this.#i2p.run(acceptI2p));
  }

  #run(service: Service & { run(): Promise<void> }): void {
    this.#services.push(service);
    this.#watch(service.run());
  }

  #watch(work: Promise<void>): void {
    work.catch((error: unknown) => this.#parts.log.error(`a way to others failed: ${error}`));
  }

  close(): void {
    this.dialer.close();
    for (const service of this.#services) service.close();
  }
}
