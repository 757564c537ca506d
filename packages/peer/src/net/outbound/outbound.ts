import type { Cancel } from "../../clock/clock.ts";
import { netClass } from "../addresses/address-class.ts";
import { parseHost } from "../addresses/address-text.ts";
import type { Addresses } from "../addresses/addresses.ts";
import { LOCAL_BIND } from "../addresses/local-addresses.ts";
import type { Connections } from "../connections.ts";
import type { NetOptions, NetParts } from "../net-parts.ts";
import type { PeerSet } from "../peer-set.ts";
import { isPermitted, PERMIT_NO_BAN } from "../permissions.ts";
import { AutomaticConnections } from "./automatic-connections.ts";
import { DnsSeeding } from "./dns-seeding.ts";
import { ExtraPeers } from "./extra-peers.ts";
import { LanDiscovery } from "./lan-discovery.ts";
import { openMulticastDoor } from "./lan-door.ts";

/** Pause between two writings of peers.dat. Core: DUMP_PEERS_INTERVAL. */
const SAVE_MS = 900_000;

interface OutboundParts extends NetParts {
  readonly addresses: Addresses;
  readonly peers: PeerSet;
  readonly connections: Connections;
}

/** Finds peers without being told any, and keeps what was learned. */
export class Outbound {
  readonly #parts: OutboundParts;
  readonly #options: NetOptions;
  readonly #automatic: AutomaticConnections;
  readonly #extra: ExtraPeers;
  readonly #lan: LanDiscovery;
  readonly #stopping = new AbortController();
  #saver: Cancel | null = null;

  constructor(parts: OutboundParts, options: NetOptions) {
    this.#parts = parts;
    this.#options = options;
    const automatic = new AutomaticConnections(parts, options, this.#stopping.signal);
    this.#automatic = automatic;
    this.#lan = new LanDiscovery({
      ...parts,
      openDoor: openMulticastDoor,
      useV2: options.v2Transport,
    });
    this.#extra = new ExtraPeers({ ...parts, automatic, isAutomatic: this.#isAutomatic });
  }

  /** -connect was not given: whom to call is ours to choose. */
  get #isAutomatic(): boolean {
    return this.#options.connect === null;
  }

  /** @param port on which we listen */
  start(port: number): void {
    const { log } = this.#parts;
    this.#noteOwn(port);
    this.#saver = this.#parts.clock.every(SAVE_MS, () => this.#save());
    this.#reportSystems();
    if (this.#isAutomatic) this.#automatic.takeAnchors();
    if (this.#options.dnsSeed) this.#watch(this.#seeding().run());
    else log.info("DNS seeding disabled");
    if (this.#isAutomatic) this.#watch(this.#automatic.run());
    if (this.#options.lanDiscovery) this.#lan.start(port);
  }

  /** Where we listen on every address, those of the machine are ours; else what we listen on. */
  #noteOwn(port: number): void {
    const { local } = this.#parts.addresses;
    const { binds, listen } = this.#options;
    if (listen && binds.length === 0) local.discover(port);
    for (const { host, port: bound, onion, permissions } of binds) {
      const address = parseHost(host, bound);
      const isOpen = !onion && !isPermitted(permissions ?? 0, PERMIT_NO_BAN);
      if (address !== null && isOpen) local.add(address, LOCAL_BIND);
    }
  }

  #seeding(): DnsSeeding {
    const { connections, peers } = this.#parts;
    const parts = {
      ...this.#parts,
      isActive: () => connections.isActive,
      hasNameProxy: () => connections.hasNameProxy,
      fullRelayCount: () =>
        peers.count((peer) => peer.kind === "outbound-full-relay" && peer.isHandshakeDone),
      fetchAddresses: (name: string) => this.#automatic.fetchAddresses(name),
    };
    return new DnsSeeding(parts, this.#options, this.#stopping.signal);
  }

  #watch(work: Promise<void>): void {
    work.catch((error: unknown) => this.#parts.log.error(`finding peers failed: ${error}`));
  }

  tick(): void {
    this.#extra.tick();
  }

  forward(seconds: number): void {
    this.#extra.forward(seconds);
  }

  /** Tells how well the map of autonomous systems fits what we know. Core: ASMapHealthCheck. */
  #reportSystems(): void {
    const { addresses, log } = this.#parts;
    const { book, groups } = addresses;
    if (!groups.usesAsMap) return;
    const known = book.tables.list.map((entry) => ({ kind: netClass(entry), entry }));
    const open = known.filter(({ kind }) => kind === "ipv4" || kind === "ipv6");
    const systems = open.map(({ entry }) => groups.autonomousSystem(entry));
    const mapped = systems.filter((system) => system !== 0);
    log.info(
      `ASMap Health Check: ${open.length} clearnet peers are mapped to ${new Set(mapped).size} ASNs with ${open.length - mapped.length} peers being unmapped`,
    );
  }

  #save(): void {
    const { addresses, log } = this.#parts;
    try {
      addresses.store.savePeers(addresses.book.tables);
    } catch (error) {
      log.error(`peers.dat could not be written: ${error}`);
    }
  }

  /** Stops looking for peers and writes what is known, while connections still stand. */
  close(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#lan.close();
    if (this.#saver === null) return;
    this.#saver();
    this.#save();
    if (this.#isAutomatic) this.#automatic.saveAnchors();
  }
}
