import { isIP } from "node:net";
import {
  EMPTY_ADDRESS,
  NET_IPV4,
  NET_IPV6,
  type SocketAddress,
} from "@compeer/protocol/wire/address";

/** A host and a port as text. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const MAX_PORT = 65_535;
const NAME = /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/;

/**
 * Reads "1.2.3.4:8333", "[::1]:8333", "::1" or "host:8333": what stands before and behind the last colon;
 * null when that is no port. Core: SplitHostPort.
 */
export function parseHostPort(text: string, defaultPort: number): HostPort | null {
  const colon = text.lastIndexOf(":");
  const isBracketed = colon > 0 && text.startsWith("[") && text[colon - 1] === "]";
  const hasPort = colon === 0 || isBracketed || (colon > 0 && text.indexOf(":") === colon);
  if (!hasPort) return { host: unbracketed(text), port: defaultPort };
  const digits = text.slice(colon + 1);
  const port = /^[0-9]{1,5}$/.test(digits) ? Number(digits) : -1;
  if (port < 0 || port > MAX_PORT) return null;
  return { host: unbracketed(text.slice(0, colon)), port };
}

function unbracketed(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

/** True for what could be looked up; an address with a number too many is none. */
export function isName(host: string): boolean {
  return NAME.test(host) && !/^[0-9.]+$/.test(host);
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** One text for all ways to write an address and port: "127.1:1" is "127.0.0.1:1"; as it is when it is none. */
export function canonicalHostPort(text: string, defaultPort: number): string {
  const place = parseHostPort(text, defaultPort);
  if (place === null) return text;
  const { host, port } = place;
  const isNumeric = /^[0-9]+(\.[0-9]+){0,3}$/.test(host);
  const url = isNumeric && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  return formatHostPort({ host: url?.hostname ?? host, port });
}

/** An IPv4 address that a socket for both families shows as IPv6. */
export function plainHost(host: string): string {
  return host.startsWith("::ffff:") && isIP(host.slice(7)) === 4 ? host.slice(7) : host;
}

/** Core: CNetAddr::IsLocal. */
export function isLocalHost(host: string): boolean {
  return host === "::1" || (isIP(host) === 4 && (host.startsWith("127.") || host.startsWith("0.")));
}

/** Text of an IP address as the wire has it; empty when it is of another network. */
export function formatSocketAddress({ network, host, port }: SocketAddress): string {
  if (network === NET_IPV4) return formatHostPort({ host: host.join("."), port });
  if (network !== NET_IPV6) return "";
  const words: string[] = [];
  for (let i = 0; i < 16; i += 2)
    words.push((((host[i] as number) << 8) | (host[i + 1] as number)).toString(16));
  return formatHostPort({
    host: new URL(`http://[${words.join(":")}]`).hostname.slice(1, -1),
    port,
  });
}

/** The wire's form of an IP address; nothing for a name. */
export function toSocketAddress({ host, port }: HostPort): SocketAddress {
  const family = isIP(host);
  if (family === 4)
    return { network: NET_IPV4, host: Uint8Array.from(host.split("."), Number), port };
  return family === 6 ? { network: NET_IPV6, host: ipv6Bytes(host), port } : EMPTY_ADDRESS;
}

function ipv6Bytes(host: string): Uint8Array {
  const [head = "", tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const bytes = new Uint8Array(16);
  const write = (words: string[], at: number): void => {
    words.forEach((word, i) => {
      const value = Number.parseInt(word, 16);
      bytes[at + 2 * i] = value >> 8;
      bytes[at + 2 * i + 1] = value;
    });
  };
  write(left, 0);
  write(right, 16 - 2 * right.length);
  return bytes;
}
