import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { UNIX_PREFIX } from "./reach/reach-options.ts";
import { formatHostPort, type HostPort } from "./socket-text.ts";

/** A socket that is listened on. */
export interface OpenDoor {
  /** Where the system has let it listen. */
  readonly port: number;
  close(): void;
}

/** Where connections come from: the system, or a simulation. */
export interface Sockets {
  /** @throws Error when the host refuses or does not answer in time */
  connect(to: HostPort, timeoutMs: number): Promise<Socket>;
  /** @throws Error in Core's words when the address is taken */
  listen(bind: HostPort, accept: (socket: Socket) => void): Promise<OpenDoor>;
}

/** Those of the operating system. */
export const SYSTEM_SOCKETS: Sockets = {
  connect({ host, port }, timeoutMs) {
    return new Promise((resolve, reject) => {
      const isPath = host.startsWith(UNIX_PREFIX);
      const socket = connect(isPath ? { path: host.slice(UNIX_PREFIX.length) } : { host, port });
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
  },

  async listen(bind, accept) {
    const server = createServer(accept);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) => {
        const where = formatHostPort(bind);
        reject(
          new Error(`Unable to bind to ${where} on this computer (${cause.message})`, { cause }),
        );
      });
      server.listen({ host: bind.host, port: bind.port, ipv6Only: true }, resolve);
    });
    const { port } = server.address() as AddressInfo;
    return { port, close: () => server.close() };
  },
};
