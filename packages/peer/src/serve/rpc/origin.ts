import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/**
 * Whether a request may come from where it says. Programs may name the server as they like; a
 * browser must have been sent here by a page of this very server, under an address that nobody else
 * can make point here: an IP address, localhost, or a name in `names`. This stops foreign pages and
 * DNS rebinding (CVE-2018-6353); Core has no such check.
 */
export function originAllowed(headers: IncomingHttpHeaders, names: readonly string[]): boolean {
  const { host, origin } = headers;
  const fromBrowser = origin !== undefined || headers["user-agent"]?.startsWith("Mozilla/");
  if (!fromBrowser || host === undefined) return origin === undefined;
  if (!hostAllowed(host, names)) return false;
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}

function hostAllowed(host: string, names: readonly string[]): boolean {
  const name = host.replace(/:[0-9]+$/, "").toLowerCase();
  const address = name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
  return name === "localhost" || isIP(address) !== 0 || names.includes(name);
}
