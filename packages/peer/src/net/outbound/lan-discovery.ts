import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { Connections } from "../connections.ts";
import type { NetParts } from "../net-parts.ts";
import { formatHostPort } from "../socket-text.ts";
import type { LanDoor, LanNotice, OpenLanDoor } from "./lan-door.ts";

const ASK_MS = 60_000;
/** Neighbours that are remembered, and connections to such: the network around us is not to be all we see. */
const MAX_KNOWN = 32;
const MAX_CONNECTIONS = 4;

interface LanParts extends Pick<NetParts, "log" | "network"> {
  readonly connections: Connections;
  readonly openDoor: OpenLanDoor;
  readonly useV2: boolean;
}

/**
 * Finds peers of the same ledger in the local network, and lets them find us: for the networks of a
 * community, which have no seeds. Their addresses lead nowhere outside, so they do not go into the address
 * book.
 */
export class LanDiscovery {
  readonly #parts: LanParts;
  readonly #known = new Set<string>();
  #door: LanDoor | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: LanParts) {
    this.#parts = parts;
  }

  /** @param port on which we listen */
  start(port: number): void {
    const { network, log } = this.#parts;
    const service = `_compeer-${encodeHex(network.magic)}._tcp.local`;
    this.#door = this.#parts.openDoor({
      service,
      port,
      heard: (notice) => this.#heard(notice),
      failed: (error) => log.debug("net", `LAN discovery: ${error.message}`),
    });
    log.info(`Looking for peers in the local network as ${service}`);
    this.#timer = setInterval(() => this.#look(), ASK_MS);
    this.#look();
  }

  #look(): void {
    this.#door?.ask();
    for (const name of this.#known) this.#connect(name);
  }

  #heard({ host, port }: LanNotice): void {
    const name = formatHostPort({ host, port });
    if (this.#known.has(name) || this.#known.size >= MAX_KNOWN) return;
    this.#known.add(name);
    this.#parts.log.info(`Found a peer in the local network: ${name}`);
    this.#connect(name);
  }

  #connect(name: string): void {
    const { connections, useV2 } = this.#parts;
    const connected = [...this.#known].filter((known) => connections.find(known) !== null).length;
    const isFull = connected >= MAX_CONNECTIONS || !connections.hasAutomaticSlot;
    if (isFull || connections.find(name) !== null) return;
    void connections.dial({ name, kind: "outbound-full-relay", useV2 });
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#door?.close();
    this.#door = null;
  }
}
