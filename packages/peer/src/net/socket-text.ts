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

/** Reads "1.2.3.4:8333", "[::1]:8333", "::1" or "host:8333". */
export function parseHostPort(text: string, defaultPort: number): HostPort {
  const bracketed = /^\[(.*)\](?::(\d+))?$/.exec(text);
  if (bracketed !== null)
    return { host: bracketed[1] as string, port: Number(bracketed[2] ?? defaultPort) };
  const colon = text.lastIndexOf(":");
  if (colon < 0 || text.indexOf(":") !== colon) return { host: text, port: defaultPort };
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** One text for all ways to write an address and port: "127.1:1" is "127.0.0.1:1". */
export function canonicalHostPort(text: string, defaultPort: number): string {
  const { host, port } = parseHostPort(text, defaultPort);
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
