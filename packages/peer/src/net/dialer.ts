import { connect, type Socket } from "node:net";
import type { HostPort } from "./socket-text.ts";

/** Connects to a host. @throws Error when it refuses or does not answer in time */
export function dial({ host, port }: HostPort, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = setTimeout(
      () => socket.destroy(new Error("connection attempt timed out")),
      timeoutMs,
    );
    socket.once("error", reject);
    socket.once("close", () => clearTimeout(timer));
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", reject);
      resolve(socket);
    });
  });
}
