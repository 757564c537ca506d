import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { PageApi } from "./page-api.ts";
import type { PageFiles } from "./page-files.ts";
import { refusalOf } from "./page-guard.ts";
import { sendJson, sendText, setPageHeaders } from "./page-headers.ts";
import type { PlainPages } from "./plain-pages.ts";
import { TokenBucket } from "./token-bucket.ts";

const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 256;
const TIMEOUT_MS = 60_000;
/** Pages that the peer writes itself; nobody reads faster. */
const VISITS = { perSecond: 10, most: 60 };
const CLOSE_GRACE_MS = 3000;

export interface PageServerParts {
  readonly api: PageApi;
  readonly files: PageFiles;
  readonly pages: PlainPages;
  readonly log: { info(text: string): void; warning(text: string): void };
  /** Host names, besides addresses and localhost, under which browsers may find the page. */
  readonly hostNames: readonly string[];
}

/** The door of the page: its files, its calls and events, and pages in plain HTML. */
export class PageServer {
  readonly #parts: PageServerParts;
  readonly #server: Server;
  readonly #visits = new TokenBucket(VISITS.perSecond, VISITS.most, performance.now());
  readonly #working = new Set<AbortController>();

  private constructor(parts: PageServerParts) {
    this.#parts = parts;
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: TIMEOUT_MS,
        requestTimeout: TIMEOUT_MS,
        noDelay: true,
      },
      (request, response) => {
        this.#handle(request, response).catch((error: unknown) => this.#failed(error, response));
      },
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** @throws Error when the address is taken by another program */
  static async listen(parts: PageServerParts, host: string, port: number): Promise<PageServer> {
    const page = new PageServer(parts);
    const server = page.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    return page;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const controller of this.#working) controller.abort();
    const end = performance.now() + CLOSE_GRACE_MS;
    while (this.#working.size > 0 && performance.now() < end) await sleep(5);
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setPageHeaders(response);
    const refusal = refusalOf(request, this.#parts.hostNames);
    if (refusal !== null) {
      this.#parts.log.warning(`Page request from ${addressOf(request.socket)} refused: ${refusal}`);
      return sendJson(response, 403, { error: refusal });
    }
    const path = pathOf(request);
    if (path === null) return sendJson(response, 400, { error: "The address is not well formed." });
    const controller = new AbortController();
    response.once("close", () => controller.abort());
    this.#working.add(controller);
    try {
      await this.#route(path, request, response, controller.signal);
    } finally {
      this.#working.delete(controller);
    }
  }

  async #route(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const { api, files, pages } = this.#parts;
    if (path.startsWith("/api/")) return api.handle(path, request, response, signal);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return sendJson(response, 405, { error: "Only GET is answered here." });
    }
    if (files.has(path)) return files.send(path, request, response);
    if (isFile(path)) return sendText(response, 404, "text/plain; charset=utf-8", "Not found.\n");
    if (!this.#visits.take(performance.now())) {
      response.setHeader("Retry-After", 1);
      return sendJson(response, 429, { error: "Too many requests; wait a moment." });
    }
    const block = new URL(request.url ?? "", "http://localhost").searchParams.get("block") ?? "";
    const isKnown = api.sessionOf(request) !== null;
    await pages.send({ path, block, isKnown, signal }, request, response);
  }

  #failed(error: unknown, response: ServerResponse): void {
    if (!response.headersSent)
      sendJson(response, 500, { error: "Something went wrong; the log says what." });
    else response.destroy();
    if (response.req.destroyed) return; // the browser went away
    this.#parts.log.warning(`Page request failed: ${error instanceof Error ? error.stack : error}`);
  }
}

/** The path of a request, decoded; null when it is no path. */
function pathOf({ url = "" }: IncomingMessage): string | null {
  const raw = url.split("?", 1)[0] as string;
  if (!raw.startsWith("/")) return null;
  if (raw.startsWith("/api/")) return raw; // wallets decode their names themselves
  try {
    const path = decodeURIComponent(raw);
    return /[\0\\]|\/\.\.(\/|$)/.test(path) ? null : path;
  } catch {
    return null;
  }
}

/** A name with a dot at the end of a path of files: no page of ours is called so. */
function isFile(path: string): boolean {
  return path.startsWith("/assets/") || /^\/[^/]*\.[a-z0-9]{2,12}$/i.test(path);
}

function addressOf({ remoteAddress = "?", remotePort = 0 }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
