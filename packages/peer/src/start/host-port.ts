import { isIP } from "node:net";
import { type HostPort, parseHostPort } from "../net/socket-text.ts";

/** Reads `1.2.3.4`, `1.2.3.4:5`, `::1`, `[::1]:5` or `localhost`; null when it is no numeric address. */
export function hostPort(text: string, defaultPort: number): HostPort | null {
  const place = parseHostPort(text, defaultPort);
  if (place === null) return null;
  const host = place.host === "localhost" ? "127.0.0.1" : place.host;
  return isIP(host) === 0 ? null : { host, port: place.port };
}
