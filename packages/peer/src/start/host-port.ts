import { isIP } from "node:net";

/** A numeric address and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Splits `1.2.3.4`, `1.2.3.4:5`, `::1` or `[::1]:5`; null when it is no numeric address. */
export function hostPort(text: string, defaultPort: number): HostPort | null {
  const bracketed = /^\[([^\]]+)\](?::([0-9]{1,5}))?$/.exec(text);
  const plain = bracketed ?? /^([^:]+)(?::([0-9]{1,5}))?$/.exec(text) ?? [text, text];
  const host = plain[1] === "localhost" ? "127.0.0.1" : (plain[1] as string);
  const port = plain[2] === undefined ? defaultPort : Number(plain[2]);
  return isIP(host) === 0 || port > 65_535 ? null : { host, port };
}
