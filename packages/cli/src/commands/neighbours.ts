import { createServer } from "node:net";

/** Ports of a peer on a machine with several: its place among them decides. */
export interface Place {
  /** 0 for the first peer of this machine. */
  readonly number: number;
  readonly port: number;
  readonly rpcPort: number;
  /** P2P ports that other programs have taken: they are peers, or do not answer as one. */
  readonly taken: readonly number[];
}

/** Distance between the ports of two peers, and how many peers one machine may have. */
const STEP = 10;
const MAX_PEERS = 50;

/** The first place whose two ports are free. @throws Error when there is none */
export async function freePlace(firstPort: number, firstRpcPort: number): Promise<Place> {
  const taken: number[] = [];
  for (let number = 0; number < MAX_PEERS; number++) {
    const port = firstPort + STEP * number;
    const rpcPort = firstRpcPort + STEP * number;
    const portFree = await isFree(port);
    if (portFree && (await isFree(rpcPort))) return { number, port, rpcPort, taken };
    if (!portFree) taken.push(port);
  }
  throw new Error("no free ports found; choose them with -port=<n> and -rpcport=<n>");
}

/** The first free port from `first` on. @throws Error when there is none near it */
export async function freePortFrom(first: number): Promise<number> {
  for (let port = first; port < first + STEP * MAX_PEERS; port++)
    if (await isFree(port)) return port;
  throw new Error("no free port found for the page; choose one with -pageport=<n>");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(true)));
  });
}
