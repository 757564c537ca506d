import type { IncomingMessage, ServerResponse } from "node:http";

/** Characters from which on it pays to look how a body is best encoded. */
const LONG = 65_536;

/** Ends a response. */
export function send(response: ServerResponse, status: number, body = ""): void {
  const size = Buffer.byteLength(body);
  response.statusCode = status;
  if (status !== 204) response.setHeader("Content-Length", size);
  // A byte a character, so all are ASCII: Latin-1 writes them the same, several times as fast.
  const isPlain = body.length >= LONG && size === body.length;
  response.end(isPlain ? Buffer.from(body, "latin1") : body);
}

/** null for `/`, the name for `/wallet/<name>`, undefined for any other path. */
export function walletOf(url: string): string | null | undefined {
  if (url === "/") return null;
  if (!url.startsWith("/wallet/")) return undefined;
  try {
    return decodeURIComponent(url.slice("/wallet/".length));
  } catch {
    return undefined;
  }
}

/** Address and port of the caller, for the log. */
export function peerName({ socket }: IncomingMessage): string {
  const { remoteAddress = "?", remotePort = 0 } = socket;
  return remoteAddress.includes(":")
    ? `[${remoteAddress}]:${remotePort}`
    : `${remoteAddress}:${remotePort}`;
}
