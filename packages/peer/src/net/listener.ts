import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { BindAddress } from "./net-parts.ts";
import { formatHostPort } from "./socket-text.ts";

/** Sockets on which others find us. */
export class Listener {
  readonly #servers: Server[] = [];
  readonly #addresses: BindAddress[] = [];

  /** Addresses that are listened on, with the ports that the system chose. */
  get addresses(): readonly BindAddress[] {
    return this.#addresses;
  }

  /** @throws Error in Core's words when the address is taken */
  async open(
    bind: BindAddress,
    accept: (socket: Socket, bind: BindAddress) => void,
  ): Promise<void> {
    const server = createServer((socket) => accept(socket, bind));
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) => {
        const where = formatHostPort(bind);
        reject(
          new Error(`Unable to bind to ${where} on this computer (${cause.message})`, { cause }),
        );
      });
      server.listen({ host: bind.host, port: bind.port, ipv6Only: true }, resolve);
    });
    this.#servers.push(server);
    this.#addresses.push({ ...bind, port: (server.address() as AddressInfo).port });
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }
}
