import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import type makeMulticastDns from "multicast-dns";
import { isRoutable } from "../addresses/address-class.ts";
import { parseHost } from "../addresses/address-text.ts";

/** Somebody in the local network says that he listens. */
export interface LanNotice {
  /** Of the packet: what it names itself is not believed. */
  readonly host: string;
  readonly port: number;
}

/** What is said and heard in the local network. */
export interface LanDoor {
  ask(): void;
  close(): void;
}

interface LanParts {
  /** Name of the service: "_compeer-0b110907._tcp.local". */
  readonly service: string;
  /** Port on which we listen. */
  readonly port: number;
  heard(notice: LanNotice): void;
  failed(error: Error): void;
}

export type OpenLanDoor = (parts: LanParts) => LanDoor;

/** Most answers a second, in both directions: a flood costs no more. */
const MAX_PER_SECOND = 10;
const TTL_SECONDS = 120;

/** Speaks by multicast DNS (RFC 6762, RFC 6763). */
export const openMulticastDoor: OpenLanDoor = (parts) => {
  const { service, port } = parts;
  // Loaded only by who asks the local network: the start need not wait for it.
  const open = createRequire(import.meta.url)("multicast-dns") as typeof makeMulticastDns;
  const dns = open();
  const instance = `${randomBytes(8).toString("hex")}.${service}`;
  const incoming = new Allowance();
  const outgoing = new Allowance();
  dns.on("error", (error) => parts.failed(error));
  dns.on("warning", (error) => parts.failed(error));
  dns.on("query", ({ questions = [] }) => {
    if (!questions.some(({ name, type }) => name === service && type === "PTR")) return;
    if (!outgoing.take()) return;
    dns.respond([
      { name: service, type: "PTR", ttl: TTL_SECONDS, data: instance },
      { name: instance, type: "SRV", ttl: TTL_SECONDS, data: { port, target: instance } },
    ]);
  });
  dns.on("response", ({ answers = [], additionals = [] }, { address }) => {
    if (!incoming.take()) return;
    const said = [...answers, ...additionals].find(
      (record) => record.type === "SRV" && record.name.endsWith(`.${service}`),
    );
    if (said?.type !== "SRV" || said.name === instance || !isNear(address)) return;
    parts.heard({ host: address, port: said.data.port });
  });
  return { ask: () => dns.query(service, "PTR"), close: () => dns.destroy() };
};

/** An address of a local network: nobody outside can have sent it. */
function isNear(host: string): boolean {
  const address = parseHost(host, 0);
  return address !== null && !isRoutable(address);
}

class Allowance {
  #second = 0;
  #taken = 0;

  take(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#taken = 0;
    }
    return ++this.#taken <= MAX_PER_SECOND;
  }
}
