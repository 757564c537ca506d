import type { IncomingMessage, ServerResponse } from "node:http";
import { parseHash } from "@compeer/protocol/bytes/hash";
import { JsonObject, member } from "@compeer/protocol/rpc/json";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import type { Chain } from "../../chain/chain.ts";
import type { EventStreams } from "../events/event-streams.ts";
import { readBody } from "../rpc/body.ts";
import type { RpcDispatcher } from "../rpc/dispatch.ts";
import { blockOutline } from "./block-outline.ts";
import { sendJson, sendNothing, sendText } from "./page-headers.ts";
import { answerPage, pageUser } from "./page-rpc.ts";
import { hasCsrf, type PageSession, type PageSessions } from "./page-sessions.ts";
import { includesScope, type Scope, scopesUpTo } from "./scopes.ts";
import { sessionCookie, sessionSecrets } from "./session-cookie.ts";
import { TokenBucket } from "./token-bucket.ts";
import { WalletFiles } from "./wallet-files.ts";

const MAX_LOGIN_BYTES = 1024;
/** Guessing is hopeless anyway; this keeps the log short. */
const FAILURES = { perSecond: 0.2, most: 10 };
/** Calls of one session. */
const CALLS = { perSecond: 50, most: 400 };
const WALLET_PREFIX = "/api/rpc/wallet/";
const BLOCK = /^\/api\/block\/([0-9a-f]{64})$/;
/** A wallet as a file: out with all its keys, or in. */
const FILES: readonly (readonly [prefix: string, type: string, scope: Scope])[] = [
  ["/api/backup/", "application/json", "spend"],
  ["/api/restore/", "application/octet-stream", "wallet"],
];
const TOO_MANY = "The page asks faster than the peer answers; it will try again.";
const LOGIN_AGAIN = "Log in first: the command `compeer open` prints a link.";

export interface PageApiParts {
  readonly sessions: PageSessions;
  readonly streams: EventStreams;
  readonly dispatcher: RpcDispatcher;
  readonly chain: Chain;
  /** Folder for what lives as long as a request. */
  readonly scratch: string;
  /** What a page is told of the peer before it logged in. */
  readonly about: { readonly chain: string; readonly version: string };
  readonly log: { warning(text: string): void; info(text: string): void };
}

/** Everything below /api/: log in and out, calls, and the stream of events. */
export class PageApi {
  readonly #parts: PageApiParts;
  readonly #failures = new TokenBucket(FAILURES.perSecond, FAILURES.most, performance.now());
  readonly #calls = new WeakMap<PageSession, TokenBucket>();
  readonly #files: WalletFiles;

  constructor(parts: PageApiParts) {
    this.#parts = parts;
    this.#files = new WalletFiles(parts.dispatcher, parts.scratch);
  }

  /** The session of a request; null when it has none. */
  sessionOf(request: IncomingMessage): PageSession | null {
    for (const secret of sessionSecrets(request)) {
      const session = this.#parts.sessions.find(secret);
      if (session !== null) return session;
    }
    return null;
  }

  async handle(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const session = this.sessionOf(request);
    const csrf = csrfOf(request);
    if (request.method === "GET")
      return this.#get(
        path,
        session !== null && hasCsrf(session, csrf) ? session : null,
        request,
        response,
      );
    if (request.method !== "POST") return refuse(response, 405, "Only GET and POST are answered.");
    const file = FILES.find(([prefix]) => path.startsWith(prefix));
    const type = file?.[1] ?? "application/json";
    if (!isOfType(request, type)) return refuse(response, 415, `The content must be ${type}.`);
    if (path === "/api/login") return this.#login(request, response);
    if (session === null) return refuse(response, 401, LOGIN_AGAIN);
    if (!hasCsrf(session, csrf))
      return refuse(response, 403, "The request lacks the session's X-Compeer-Csrf header.");
    if (path === "/api/logout") return this.#logout(session, request, response);
    if (file !== undefined) return this.#file(file, path, session, request, response, signal);
    const wallet = walletOf(path);
    if (wallet === undefined) return refuse(response, 404, "There is nothing here.");
    await this.#call(session, wallet, request, response, signal);
  }

  /**
   * Without the second secret nobody is logged in: browsers send cookies to every port of a host, so a
   * program behind another port may have seen the first.
   */
  async #get(
    path: string,
    session: PageSession | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (path === "/api/session") sendJson(response, 200, this.#describe(session, csrfOf(request)));
    else if (path !== "/api/stream" && !BLOCK.test(path))
      refuse(response, 404, "There is nothing here.");
    else if (session === null) refuse(response, 401, LOGIN_AGAIN);
    else if (path === "/api/stream") this.#stream(session, request, response);
    else return this.#block(path, session, response);
  }

  /** What a block's picture and list need; once fetched it never changes. */
  async #block(path: string, session: PageSession, response: ServerResponse): Promise<void> {
    if (!this.#bucketOf(session).take(performance.now())) return tooFast(response, TOO_MANY);
    const { chain } = this.#parts;
    const node = chain.node(parseHash(BLOCK.exec(path)?.[1] as string));
    const outline = node === null ? null : await blockOutline(chain, node);
    if (outline !== null) return sendJson(response, 200, outline);
    refuse(response, 404, "This block is not on the peer's disk.");
  }

  async #file(
    [prefix, , scope]: (typeof FILES)[number],
    path: string,
    session: PageSession,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    if (!includesScope(session.scope, scope))
      return refuse(response, 403, `This page was opened to ${session.scope} only.`);
    if (!this.#bucketOf(session).take(performance.now())) return tooFast(response, TOO_MANY);
    const name = decoded(path.slice(prefix.length));
    if (name === undefined) return refuse(response, 404, "There is nothing here.");
    const caller = { user: pageUser(session), signal };
    if (scope === "spend") await this.#files.send(name, caller, response);
    else await this.#files.take(name, caller, request, response);
  }

  #stream(session: PageSession, request: IncomingMessage, response: ServerResponse): void {
    const query = queryOf(request);
    const topics = (query.get("topics") ?? "").split(",");
    const lastId = textOf(request.headers["last-event-id"]) ?? query.get("last") ?? "";
    if (this.#parts.streams.open(response, topics, session, lastId)) return;
    tooFast(response, "There are too many open pages.");
  }

  #describe(session: PageSession | null, csrf?: string): unknown {
    const { about } = this.#parts;
    if (session === null)
      return { authenticated: false, scopes: [], csrf: null, page: 1, ...about };
    const scopes = scopesUpTo(session.scope);
    return { authenticated: true, scopes, csrf, page: 1, ...about };
  }

  async #login(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, MAX_LOGIN_BYTES);
    if (body === null) return refuse(response, 413, "The request is too long.");
    const agent = request.headers["user-agent"] ?? "";
    const opened = this.#parts.sessions.login(tokenOf(body), agent);
    if (opened === null) {
      // Who has a good link is let in whatever others try.
      if (!this.#failures.take(performance.now()))
        return tooFast(response, "Too many attempts to log in; wait a moment.");
      this.#parts.log.warning(
        "The page was asked for a session with a login link that is not valid",
      );
      return refuse(
        response,
        401,
        "This login link was used already or is too old; `compeer open` prints a new one.",
      );
    }
    this.#parts.log.info(`The page was opened, session ${opened.session.id}`);
    response.setHeader("Set-Cookie", sessionCookie(request, opened.secret));
    sendJson(response, 200, this.#describe(opened.session, opened.csrf));
  }

  #logout(session: PageSession, request: IncomingMessage, response: ServerResponse): void {
    this.#parts.sessions.end(session.id);
    response.setHeader("Set-Cookie", sessionCookie(request, ""));
    sendNothing(response, 204);
  }

  async #call(
    session: PageSession,
    wallet: string | null,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    if (!this.#bucketOf(session).take(performance.now())) return tooFast(response, TOO_MANY);
    const body = await readBody(request);
    if (body === null) {
      response.setHeader("Connection", "close");
      return refuse(response, 413, "The request is too long.");
    }
    const answer = await answerPage(this.#parts.dispatcher, body, { session, wallet, signal });
    if (answer === "") sendNothing(response, 204);
    else sendText(response, 200, "application/json", answer);
  }

  #bucketOf(session: PageSession): TokenBucket {
    const known = this.#calls.get(session);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(CALLS.perSecond, CALLS.most, performance.now());
    this.#calls.set(session, bucket);
    return bucket;
  }
}

/** null for calls without a wallet, undefined where nothing is called. */
function walletOf(path: string): string | null | undefined {
  if (path === "/api/rpc") return null;
  return path.startsWith(WALLET_PREFIX) ? decoded(path.slice(WALLET_PREFIX.length)) : undefined;
}

/** A piece of a path; undefined when it is not well formed. */
function decoded(piece: string): string | undefined {
  try {
    return decodeURIComponent(piece);
  } catch {
    return undefined;
  }
}

/** A form of another site can send text/plain, and none of the types that are taken here (W10). */
function isOfType(request: IncomingMessage, wanted: string): boolean {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  return type.trim().toLowerCase() === wanted;
}

/** An EventSource sends no headers of its own: it says it in its address. */
function csrfOf(request: IncomingMessage): string | undefined {
  return textOf(request.headers["x-compeer-csrf"]) ?? queryOf(request).get("csrf") ?? undefined;
}

function queryOf({ url = "" }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url.split("?").slice(1).join("?"));
}

function tokenOf(body: Uint8Array): string {
  try {
    const value = parseJson(new TextDecoder().decode(body));
    const token = value instanceof JsonObject ? member(value, "token") : "";
    return typeof token === "string" ? token : "";
  } catch {
    return "";
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function tooFast(response: ServerResponse, error: string): void {
  response.setHeader("Retry-After", 5);
  refuse(response, 429, error);
}

function refuse(response: ServerResponse, status: number, error: string): void {
  sendJson(response, status, { error });
}
