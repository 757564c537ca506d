import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * Why a request is refused whoever sends it; null when it may come in. A browser must have been sent
 * here by this very page, or by somebody who typed the address: under a name that nobody else can make
 * point here (DNS rebinding, CVE-2018-6353), and not from a page of somebody else.
 *
 * @param names host names besides addresses and localhost
 */
export function refusalOf(request: IncomingMessage, names: readonly string[]): string | null {
  const { headers } = request;
  const host = headers.host ?? "";
  if (!hostAllowed(host, names)) return "This peer does not answer under that host name.";
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    return "Pages of other sites may not ask this peer.";
  if (!isForeign(headers) || isVisit(request)) return null;
  return "Pages of other sites may not ask this peer.";
}

function hostAllowed(host: string, names: readonly string[]): boolean {
  const name = hostName(host);
  return name === "localhost" || isIP(name) !== 0 || names.includes(name);
}

/** The name of a Host header, without port and brackets. */
function hostName(host: string): string {
  const name = host.replace(/:[0-9]+$/, "").toLowerCase();
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}

/** Browsers keep cookies with the name prefix `__Host-` from plain HTTP only for the own machine. */
export function isOwnMachine(host: string): boolean {
  const name = hostName(host);
  return name === "localhost" || name === "::1" || /^127(\.[0-9]{1,3}){3}$/.test(name);
}

/** Another port of this machine is "same-site", and not this page. */
function isForeign(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"] ?? "none";
  return site !== "same-origin" && site !== "none";
}

/** Somebody followed a link to a page; what he sees he sees under our name, and it changes nothing. */
function isVisit({ method, url = "", headers }: IncomingMessage): boolean {
  return (
    (method === "GET" || method === "HEAD") &&
    !url.startsWith("/api/") &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document"
  );
}
