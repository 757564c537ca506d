import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { BlockList, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { RpcAuth } from "./auth.ts";
import { readBody } from "./body.ts";
import type { RpcDispatcher } from "./dispatch.ts";
import { peerName, send, walletOf } from "./http-message.ts";
import { JsonRpc } from "./json-rpc.ts";
import { originAllowed } from "./origin.ts";
import { isAllowed } from "./subnets.ts";

/** Header bytes that are read. Core: MAX_HEADERS_SIZE. */
const MAX_HEADER_BYTES = 8192;
/** Open connections; Core has no cap and runs out of file descriptors. */
const MAX_CONNECTIONS = 512;
/** Requests of one connection that may wait for its earlier ones. */
const MAX_PIPELINED = 64;
const WRONG_PASSWORD_DELAY_MS = 250;
/** How long `close` waits for calls that do not end on their signal. */
const CLOSE_GRACE_MS = 5000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Requests that take too long are looked for at least so often. */
const LONGEST_CHECK_MS = 5000;

/** What Core says when the server does not start, whatever the reason; the log says which. */
export const NOT_STARTED = "Unable to start HTTP server. See debug log for details.";

/** Where to listen. */
export interface RpcEndpoint {
  readonly host: string;
  readonly port: number;
}

/** What the server writes to its log. */
export interface ServerLog {
  info(text: string): void;
  warning(text: string): void;
  debug(category: string, text: string): void;
}

/** Another kind of request on the same port. It may answer while the methods warm up. */
interface HttpDoor {
  /** Paths that begin with it are this door's. */
  readonly prefix: string;
  handle(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void>;
}

export interface RpcServerOptions {
  readonly endpoints: readonly RpcEndpoint[];
  readonly allowed: BlockList;
  readonly auth: RpcAuth;
  readonly dispatcher: RpcDispatcher;
  readonly log: ServerLog;
  /** `-rpcservertimeout`: idle time of a connection, and time to send a request. */
  readonly timeoutSeconds: number;
  /** Requests in work at a time: `-rpcthreads` and `-rpcworkqueue` together. */
  readonly maxRequests: number;
  /** Host names, besides addresses and localhost, under which browsers may find the server. */
  readonly hostNames: readonly string[];
  readonly doors: readonly HttpDoor[];
}

/** The HTTP server that JSON-RPC and its neighbours share. Core: src/httpserver.cpp. */
export class RpcServer {
  readonly #options: RpcServerOptions;
  readonly #rpc: JsonRpc;
  readonly #servers: Server[] = [];
  readonly #working = new Set<AbortController>();
  readonly #turns = new WeakMap<Socket, { last: Promise<void>; waiting: number }>();
  #connections = 0;
  #closing = false;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    this.#rpc = new JsonRpc(options.dispatcher, options.auth, options.log);
  }

  /**
   * Listens on every endpoint that there is; an address that this machine does not have is skipped.
   *
   * @throws Error when none is left or one is taken by another program (CVE-2018-20587)
   */
  async listen(): Promise<void> {
    const { log } = this.#options;
    for (const endpoint of this.#options.endpoints) {
      log.info(`Binding RPC on address ${endpoint.host} port ${endpoint.port}`);
      try {
        this.#servers.push(await this.#listenOn(endpoint));
      } catch (error) {
        log.warning(`Binding RPC on address ${endpoint.host} port ${endpoint.port} failed.`);
        if (!isMissingAddress(error)) {
          await this.close();
          throw new Error(NOT_STARTED, { cause: error });
        }
      }
    }
    if (this.#servers.length > 0) return;
    log.warning("Unable to bind any endpoint for RPC server");
    throw new Error(NOT_STARTED);
  }

  /** The ports that are listened on, in the order of the endpoints. */
  get ports(): readonly number[] {
    return this.#servers.map((server) => {
      const address = server.address();
      return address !== null && typeof address === "object" ? address.port : 0;
    });
  }

  /** Ends waiting calls, lets running ones answer, closes all connections. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => void server.close(() => resolve())),
    );
    for (const controller of this.#working) controller.abort();
    const end = performance.now() + CLOSE_GRACE_MS;
    while (this.#working.size > 0 && performance.now() < end) await sleep(5);
    for (const server of this.#servers) server.closeAllConnections();
    await Promise.all(closed);
    this.#servers.length = 0;
  }

  async #listenOn({ host, port }: RpcEndpoint): Promise<Server> {
    const timeout = Math.min(this.#options.timeoutSeconds * 1000, LONGEST_TIMER_MS);
    const server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: timeout,
      headersTimeout: timeout,
      requestTimeout: timeout,
      connectionsCheckingInterval: Math.max(Math.min(timeout / 4, LONGEST_CHECK_MS), 1),
      requireHostHeader: false, // bitcoind does not ask for one
      noDelay: true,
    });
    server.on("connection", (socket: Socket) => this.#connected(socket));
    server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      // Who does not finish a request is left without a word, as in libevent.
      if (socket.writable && error.code !== "ERR_HTTP_REQUEST_TIMEOUT")
        socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      else socket.destroy();
    });
    server.on("request", (request, response) => {
      this.#inTurn(request, response).catch((error: unknown) => this.#failed(error, response));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, ipv6Only: host.includes(":") && host !== "::" }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    return server;
  }

  #connected(socket: Socket): void {
    this.#connections++;
    socket.once("close", () => this.#connections--);
    if (this.#connections > MAX_CONNECTIONS)
      socket.end(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
      );
  }

  /** Requests of one connection run one after the other, in the order they came. */
  async #inTurn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const before = this.#turns.get(socket) ?? { last: Promise.resolve(), waiting: 0 };
    if (before.waiting >= MAX_PIPELINED) return void socket.destroy();
    const last = before.last.then(() => this.#request(request, response));
    const turn = { last: last.catch(() => {}), waiting: before.waiting + 1 };
    this.#turns.set(socket, turn);
    try {
      await last;
    } finally {
      const now = this.#turns.get(socket);
      if (now !== undefined) now.waiting--;
    }
  }

  async #request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = this.#refusal(request);
    if (refused !== null) return send(response, refused.status, refused.body);
    const controller = new AbortController();
    this.#working.add(controller);
    response.once("close", () => controller.abort());
    try {
      await this.#route(request, response, controller.signal);
    } finally {
      this.#working.delete(controller);
    }
  }

  #refusal(request: IncomingMessage): { status: number; body: string } | null {
    const { log, allowed, hostNames, maxRequests } = this.#options;
    const from = peerName(request);
    if (this.#closing) return { status: 503, body: "" };
    if (!isAllowed(allowed, request.socket.remoteAddress ?? "")) {
      log.debug(
        "http",
        `HTTP request from ${from} rejected: Client network is not allowed RPC access`,
      );
      return { status: 403, body: "" };
    }
    if (!originAllowed(request.headers, hostNames)) {
      log.warning(`HTTP request from ${from} rejected: foreign origin or host name`);
      return { status: 403, body: "" };
    }
    log.debug(
      "http",
      `Received a ${request.method} request for ${request.url?.slice(0, 100)} from ${from}`,
    );
    if (this.#working.size < maxRequests) return null;
    log.warning(
      "request rejected because http work queue depth exceeded, it can be increased with the -rpcworkqueue= setting",
    );
    return { status: 503, body: "Work queue depth exceeded" };
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const { url = "", method } = request;
    const door = this.#options.doors.find(({ prefix }) => url.startsWith(prefix));
    if (door !== undefined) return door.handle(request, response, signal);
    if (method === "GET" || method === "PUT" || method === "POST" || method === "HEAD") {
      const wallet = walletOf(url);
      if (wallet === undefined) return send(response, 404);
      if (method === "POST") return this.#call(request, response, signal, wallet);
      return send(response, 405, "JSONRPC server handles only POST requests");
    }
    return send(response, 405);
  }

  async #call(
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
    wallet: string | null,
  ): Promise<void> {
    const user = await this.#authenticate(request);
    if (user === null) {
      response.setHeader("WWW-Authenticate", 'Basic realm="jsonrpc"');
      return send(response, 401);
    }
    const body = await readBody(request);
    if (body === null) {
      response.setHeader("Connection", "close");
      return send(response, 413);
    }
    const answer = await this.#rpc.answer(body, { user, wallet, signal });
    if (answer.body !== null) response.setHeader("Content-Type", "application/json");
    send(response, answer.status, answer.body ?? "");
  }

  /** The user, or null: at once when nobody was named, after a while when the password is wrong. */
  async #authenticate(request: IncomingMessage): Promise<string | null> {
    const { authorization } = request.headers;
    if (authorization === undefined) return null;
    const user = this.#options.auth.authenticate(authorization);
    if (user !== null) return user;
    this.#options.log.warning(
      `ThreadRPCServer incorrect password attempt from ${peerName(request)}`,
    );
    await sleep(WRONG_PASSWORD_DELAY_MS);
    return null;
  }

  #failed(error: unknown, response: ServerResponse): void {
    if (!response.headersSent) send(response, 500);
    else response.destroy();
    if (response.req.destroyed) return; // the caller hung up
    this.#options.log.warning(
      `HTTP request failed: ${error instanceof Error ? error.stack : error}`,
    );
  }
}

function isMissingAddress(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";
}
