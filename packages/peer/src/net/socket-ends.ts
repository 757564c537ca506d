import type { Socket } from "node:net";
import { formatHostPort, type HostPort, plainHost } from "./socket-text.ts";

/** Who is at the other end. */
export function remoteEnd(socket: Socket): HostPort {
  return { host: plainHost(socket.remoteAddress ?? ""), port: socket.remotePort ?? 0 };
}

/** Our own end: "127.0.0.1:8333". */
export function localEnd(socket: Socket): string {
  const host = plainHost(socket.localAddress ?? "");
  return formatHostPort({ host, port: socket.localPort ?? 0 });
}
