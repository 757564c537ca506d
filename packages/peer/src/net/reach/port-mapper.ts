import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import type { Clock } from "../../clock/clock.ts";
import { type HostAddress, isRoutable } from "../addresses/address-class.ts";
import { formatAddress, parseHost } from "../addresses/address-text.ts";
import { LOCAL_MAPPED, type LocalAddresses } from "../addresses/local-addresses.ts";
import type { NetLog } from "../net-parts.ts";
import { wait } from "../outbound/wait.ts";
import { SYSTEM_RANDOM } from "../random.ts";
import { type GatewayDoor, type Gateways, openGatewayDoor } from "./gateway.ts";
import {
  decodeNatPmpAddress,
  decodeNatPmpMap,
  decodePcpMap,
  encodeNatPmpAddress,
  encodeNatPmpMap,
  encodePcpMap,
  type Mapping,
  type MappingFault,
  type MappingWish,
} from "./pcp.ts";

/** Seconds. Core: PORT_MAPPING_REANNOUNCE_PERIOD, PORT_MAPPING_RETRY_PERIOD. */
const LIFETIME = 20 * 60;
const RETRY = 5 * 60;
const SHORTEST_LIFETIME = 30;
const NONCE_SIZE = 12;

interface MapperParts {
  readonly clock: Clock;
  readonly log: NetLog;
  readonly local: LocalAddresses;
  /** Port on which we listen. */
  readonly port: number;
  readonly gateways: () => Gateways;
  /** Of the gateways; a test has its own. */
  readonly gatewayPort?: number;
}

/** Has the router lead a port of its own to ours, by PCP or NAT-PMP; never by UPnP (CVE-2015-6031). Core: ThreadMapPort. */
export class PortMapper {
  readonly #parts: MapperParts;
  readonly #stopping = new AbortController();
  readonly #nonce = new Uint8Array(randomBytes(NONCE_SIZE));

  constructor(parts: MapperParts) {
    this.#parts = parts;
  }

  /** Works until it is closed. Mappings are not taken back: they end by themselves soon. */
  async run(): Promise<void> {
    let pause: number;
    do {
      const lifetime = await this.#mapAll();
      // RFC6887 11.2.1: renewed at some moment between 1/2 and 5/8 of the time.
      pause = lifetime === null ? RETRY : lifetime * (0.5 + SYSTEM_RANDOM.below(1000) / 8000);
    } while (await wait(this.#parts.clock, pause * 1000, this.#stopping.signal));
  }

  /** @returns for how many seconds it is done; null when nothing was */
  async #mapAll(): Promise<number | null> {
    const { ipv4, ipv6 } = this.#parts.gateways();
    this.#logGateway("IPv4", ipv4);
    const granted = [ipv4 === null ? null : await this.#map(ipv4, null)];
    this.#logGateway("IPv6", ipv6);
    for (const own of ipv6 === null ? [] : routableIPv6())
      granted.push(await this.#map(ipv6 as string, own));
    const lifetimes = granted.filter((lifetime) => lifetime !== null);
    if (lifetimes.length === 0) return null;
    const lifetime = Math.min(LIFETIME, ...lifetimes);
    if (lifetime >= SHORTEST_LIFETIME) return lifetime;
    this.#parts.log.warning(
      `portmap: Got impossibly short mapping lifetime of ${lifetime} seconds`,
    );
    return null;
  }

  #logGateway(kind: string, gateway: string | null): void {
    const { log } = this.#parts;
    if (gateway === null) log.debug("net", `portmap: Could not determine ${kind} default gateway`);
    else log.debug("net", `portmap: gateway [${kind}]: ${gateway}`);
  }

  /** @returns seconds that were granted */
  async #map(gateway: string, from: string | null): Promise<number | null> {
    const { log, local, gatewayPort } = this.#parts;
    let door: GatewayDoor;
    try {
      door = await openGatewayDoor(gateway, from, gatewayPort);
    } catch (error) {
      log.debug("net", `portmap: no way to ${gateway}: ${String(error)}`);
      return null;
    }
    try {
      const mapping = await this.#ask(door);
      if (mapping === null || typeof mapping === "string") {
        this.#logFault(gateway, mapping);
        return null;
      }
      const outside = { ...mapping.address, port: mapping.port };
      const inside = `${door.own}:${this.#parts.port}`;
      log.info(
        `portmap: Added mapping ${formatAddress(outside)} -> ${inside} (for ${mapping.lifetime}s)`,
      );
      local.add(outside, LOCAL_MAPPED);
      return mapping.lifetime;
    } finally {
      door.close();
    }
  }

  #logFault(gateway: string, fault: MappingFault | null): void {
    const { log } = this.#parts;
    if (fault === "no-resources")
      log.warning(
        "portmap: At least one mapping failed because of a NO_RESOURCES error: another machine of this network may have the port already. Another -port would do.",
      );
    else log.debug("net", `portmap: ${gateway} maps nothing (${fault ?? "no answer"})`);
  }

  async #ask(door: GatewayDoor): Promise<Mapping | MappingFault | null> {
    const own = parseHost(door.own.split("%")[0] as string, 0);
    if (own === null) return null;
    const wish = { port: this.#parts.port, lifetime: LIFETIME, nonce: this.#nonce };
    const answer = await door.ask(encodePcpMap(wish, own), (packet) => decodePcpMap(packet, wish));
    return answer === "other-version" ? askNatPmp(door, wish) : answer;
  }

  close(): void {
    this.#stopping.abort();
  }
}

async function askNatPmp(
  door: GatewayDoor,
  wish: MappingWish,
): Promise<Mapping | MappingFault | null> {
  const address = await door.ask(encodeNatPmpAddress(), decodeNatPmpAddress);
  if (address === null || typeof address === "string") return address;
  const read = (packet: Uint8Array): ReturnType<typeof decodeNatPmpMap> =>
    decodeNatPmpMap(packet, wish);
  const mapped = await door.ask(encodeNatPmpMap(wish), read);
  return mapped === null || typeof mapped === "string" ? mapped : { ...mapped, address };
}

/** Own IPv6 addresses that others can reach, once the router lets them. */
function routableIPv6(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal, address }) => family === "IPv6" && !internal && leadsHere(address))
    .map(({ address }) => address);
}

function leadsHere(host: string): boolean {
  const address: HostAddress | null = parseHost(host, 0);
  return address !== null && isRoutable(address);
}
