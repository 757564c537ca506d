import type { Socket } from "node:net";
import type { HostPort } from "../socket-text.ts";
import { SocketReader } from "./socket-reader.ts";

/** Who we say we are: Tor gives streams with other credentials other ways. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const VERSION = 5;
const PASSWORD_VERSION = 1;
const METHOD_NONE = 0;
const METHOD_PASSWORD = 2;
const CONNECT = 1;
const TYPE_IPV4 = 1;
const TYPE_NAME = 3;
const TYPE_IPV6 = 4;
const MAX_NAME = 255;
/** Core: g_socks5_recv_timeout. */
const TIMEOUT_MS = 20_000;

/** RFC1928, and what Tor adds to it. Core: Socks5ErrorString. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: "general failure",
  2: "connection not allowed",
  3: "network unreachable",
  4: "host unreachable",
  5: "connection refused",
  6: "TTL expired",
  7: "protocol error",
  8: "address type not supported",
  240: "onion service descriptor can not be found",
  241: "onion service descriptor is invalid",
  242: "onion service introduction failed",
  243: "onion service rendezvous failed",
  244: "onion service missing client authorization",
  245: "onion service wrong client authorization",
  246: "onion service invalid address",
  247: "onion service introduction timed out",
};

/**
 * Has a proxy connect to a host (RFC1928, RFC1929). The host always goes as a name, whatever it is: the proxy looks
 * it up, nobody here does. Core: Socks5.
 *
 * @param socket to the proxy
 * @returns the socket, now to the host
 * @throws Error when the proxy refuses, breaks the protocol or is too slow; the socket is closed then
 */
export async function connectBySocks5(
  socket: Socket,
  to: HostPort,
  credentials: Credentials | null,
  timeoutMs: number = TIMEOUT_MS,
): Promise<Socket> {
  const reader = new SocketReader(socket);
  const read = (length: number): Promise<Uint8Array> => reader.bytes(length, timeoutMs);
  try {
    await greet(socket, read, credentials);
    socket.write(request(to));
    await takeReply(read);
    return reader.release();
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

type Read = (length: number) => Promise<Uint8Array>;

async function greet(socket: Socket, read: Read, credentials: Credentials | null): Promise<void> {
  const methods = credentials === null ? [METHOD_NONE] : [METHOD_NONE, METHOD_PASSWORD];
  socket.write(Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method] = await read(2);
  if (version !== VERSION) throw new Error("proxy failed to initialize");
  if (method === METHOD_NONE) return;
  if (method !== METHOD_PASSWORD || credentials === null)
    throw new Error(`proxy requested wrong authentication method ${method}`);
  const { username, password } = credentials;
  socket.write(Uint8Array.of(PASSWORD_VERSION, ...counted(username), ...counted(password)));
  const [authVersion, status] = await read(2);
  if (authVersion !== PASSWORD_VERSION || status !== 0)
    throw new Error("proxy authentication unsuccessful");
}

function request({ host, port }: HostPort): Uint8Array {
  return Uint8Array.of(VERSION, CONNECT, 0, TYPE_NAME, ...counted(host), port >> 8, port & 255);
}

/** A length in one byte, and so many bytes. */
function counted(text: string): Uint8Array {
  const bytes = Buffer.from(text, "latin1");
  if (bytes.length > MAX_NAME) throw new Error("hostname too long");
  return Uint8Array.of(bytes.length, ...bytes);
}

async function takeReply(read: Read): Promise<void> {
  const [version, status, reserved, type] = await read(4);
  if (version !== VERSION) throw new Error("proxy failed to accept request");
  if (status !== 0) throw new Error(REFUSALS[status as number] ?? `unknown (${status})`);
  if (reserved !== 0) throw new Error("malformed proxy response");
  // The address that it connected from is of no use to us, but stands before what follows.
  const length = await addressLength(read, type);
  await read(length + 2);
}

async function addressLength(read: Read, type: number | undefined): Promise<number> {
  if (type === TYPE_IPV4) return 4;
  if (type === TYPE_IPV6) return 16;
  if (type !== TYPE_NAME) throw new Error("malformed proxy response");
  return (await read(1))[0] as number;
}
