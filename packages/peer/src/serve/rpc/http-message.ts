import type { IncomingMessage, ServerResponse } from "node:http";

/** Ends a response. */
export function send(response: ServerResponse, status: number, body = ""): void {
  response.statusCode = status;
  if (status !== 204) response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(body);
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
