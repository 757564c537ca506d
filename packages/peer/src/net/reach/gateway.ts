import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";

/** Of both protocols. */
const GATEWAY_PORT = 5351;
/** RFC6887: no packet is longer. */
const MAX_PACKET = 1100;
const TRIES = 3;
const TRY_MS = 1000;
/** Packets looked at in a try: a flood of them costs no more. */
const MAX_PACKETS = 32;

const ROUTE_UP_GATEWAY = 3;

/** The routers through which this machine reaches everybody; null where there is none, or the system is not Linux. */
export interface Gateways {
  readonly ipv4: string | null;
  readonly ipv6: string | null;
}

export function defaultGateways(): Gateways {
  return {
    ipv4: ipv4Gateway(readTable("/proc/net/route")),
    ipv6: ipv6Gateway(readTable("/proc/net/ipv6_route")),
  };
}

function readTable(path: string): string[][] {
  try {
    const lines = readFileSync(path, "latin1").trim().split("\n");
    return lines.map((line) => line.split(/\s+/));
  } catch {
    return [];
  }
}

/** Interface, destination, gateway, flags; addresses as the machine's words. */
function ipv4Gateway(rows: readonly (readonly string[])[]): string | null {
  for (const [, destination, gateway, flags] of rows) {
    if (destination !== "00000000" || gateway === undefined) continue;
    if ((Number.parseInt(flags ?? "0", 16) & ROUTE_UP_GATEWAY) !== ROUTE_UP_GATEWAY) continue;
    return Buffer.from(gateway, "hex").reverse().join(".");
  }
  return null;
}

/** Destination, its length, source, its length, next hop, metric, counters, flags, interface. */
function ipv6Gateway(rows: readonly (readonly string[])[]): string | null {
  for (const row of rows) {
    const [destination, length, , , hop] = row;
    const flags = Number.parseInt(row[8] ?? "0", 16);
    if (hop === undefined || length !== "00" || !/^0+$/.test(destination ?? "1")) continue;
    if ((flags & ROUTE_UP_GATEWAY) !== ROUTE_UP_GATEWAY) continue;
    const text = hop.replace(/(.{4})(?=.)/g, "$1:");
    // An address of the link alone says not on which link.
    return text.startsWith("fe80") ? `${text}%${row[9]}` : text;
  }
  return null;
}

/** A way to ask a gateway. */
export interface GatewayDoor {
  /** Our own address toward it. */
  readonly own: string;
  /** Asks up to three times, a second each; `read` gives null for what is no answer, as does this. */
  ask<T>(request: Uint8Array, read: (packet: Uint8Array) => T | null): Promise<T | null>;
  close(): void;
}

/**
 * Opens a way to a gateway. Only packets of the gateway itself come in.
 *
 * @param from own address to send from; null leaves it to the system
 * @throws Error when the system sees no way there
 */
export async function openGatewayDoor(
  gateway: string,
  from: string | null,
  port: number = GATEWAY_PORT,
): Promise<GatewayDoor> {
  const socket = createSocket(isIPv4(gateway) ? "udp4" : "udp6").unref();
  try {
    if (from !== null) await called(socket, (done) => socket.bind(0, from, done));
    await called(socket, (done) => socket.connect(port, gateway, done));
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on("error", () => {}); // Nobody there: the same as no answer.
  return {
    own: socket.address().address,
    ask: (request, read) => ask(socket, request, read),
    close: () => socket.close(),
  };
}

function called(socket: Socket, act: (done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    act(() => {
      socket.off("error", reject);
      resolve();
    });
  });
}

async function ask<T>(
  socket: Socket,
  request: Uint8Array,
  read: (packet: Uint8Array) => T | null,
): Promise<T | null> {
  for (let i = 0; i < TRIES; i++) {
    const answer = await askOnce(socket, request, read);
    if (answer !== null) return answer;
  }
  return null;
}

function askOnce<T>(
  socket: Socket,
  request: Uint8Array,
  read: (packet: Uint8Array) => T | null,
): Promise<T | null> {
  return new Promise((resolve) => {
    let packets = 0;
    const end = (answer: T | null): void => {
      clearTimeout(timer);
      socket.off("message", hear);
      resolve(answer);
    };
    const hear = (packet: Uint8Array): void => {
      if (++packets > MAX_PACKETS || packet.length > MAX_PACKET) return;
      const answer = read(packet);
      if (answer !== null) end(answer);
    };
    const timer = setTimeout(() => end(null), TRY_MS).unref();
    socket.on("message", hear);
    socket.send(request, () => {});
  });
}
