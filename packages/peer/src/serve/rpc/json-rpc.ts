import { type Json, JsonObject, type JsonOut, member } from "@compeer/protocol/rpc/json";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { RpcAuth } from "./auth.ts";
import type { RpcDispatcher } from "./dispatch.ts";
import type { RpcCall } from "./method.ts";
import {
  emptyRequest,
  errorReply,
  isNotification,
  type RpcRequest,
  readRequest,
  resultReply,
} from "./request.ts";
import { writeLongJson } from "./write-long-json.ts";

/** An answer over HTTP; no body for 204 and 403. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string | null;
}

interface CallLog {
  debug(category: "rpc", text: string): void;
}

/** Characters of a name that a line of the log holds. */
const MAX_LOGGED = 100;

/** Who calls, and from where. */
export type Caller = Omit<RpcCall, "params">;

const FORBIDDEN: HttpAnswer = { status: 403, body: null };
const NO_CONTENT: HttpAnswer = { status: 204, body: null };

/** Turns the body of a request into the body of its answer. Core: HTTPReq_JSONRPC. */
export class JsonRpc {
  readonly #dispatcher: RpcDispatcher;
  readonly #auth: RpcAuth;
  readonly #log: CallLog;

  constructor(dispatcher: RpcDispatcher, auth: RpcAuth, log: CallLog) {
    this.#dispatcher = dispatcher;
    this.#auth = auth;
    this.#log = log;
  }

  async answer(body: Uint8Array, caller: Caller): Promise<HttpAnswer> {
    const request = emptyRequest();
    try {
      const value = parseBody(body);
      if (this.#auth.excludes(caller.user)) return FORBIDDEN;
      if (Array.isArray(value)) return await this.#batch(value as readonly Json[], caller);
      if (!(value instanceof JsonObject))
        throw new RpcError(RpcErrorCode.parse, "Top-level object parse error");
      readRequest(value, request);
      if (!this.#auth.allows(caller.user, request.method)) return FORBIDDEN;
      return await this.#single(request, caller);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return await reply(statusOf(error), errorReply(request, error));
    }
  }

  async #single(request: RpcRequest, caller: Caller): Promise<HttpAnswer> {
    if (!request.v2) return reply(200, resultReply(request, await this.#run(request, caller)));
    const answer = await this.#runCaught(request, caller);
    return isNotification(request) ? NO_CONTENT : reply(200, answer);
  }

  /** Faults of members are answers in the list; an empty list of answers is no content. */
  async #batch(members: readonly Json[], caller: Caller): Promise<HttpAnswer> {
    if (this.#auth.restricts(caller.user) && !this.#mayCallAll(members, caller.user))
      return FORBIDDEN;
    const answers: JsonOut[] = [];
    const request = emptyRequest();
    for (const one of members) {
      const answer = await this.#member(one, request, caller);
      if (!isNotification(request)) answers.push(answer);
    }
    return answers.length === 0 && members.length > 0 ? NO_CONTENT : reply(200, answers);
  }

  async #member(value: Json, request: RpcRequest, caller: Caller): Promise<JsonOut> {
    try {
      readRequest(value, request);
    } catch (error) {
      if (error instanceof RpcError) return errorReply(request, error);
      throw error;
    }
    return this.#runCaught(request, caller);
  }

  #mayCallAll(members: readonly Json[], user: string): boolean {
    return members.every((one) => {
      if (!(one instanceof JsonObject))
        throw new RpcError(RpcErrorCode.invalidRequest, "Invalid Request object");
      const method = member(one, "method");
      return typeof method === "string" && this.#auth.allows(user, method);
    });
  }

  #run({ method, params }: RpcRequest, caller: Caller): Promise<JsonOut> {
    this.#log.debug("rpc", `ThreadRPCServer method=${plain(method)} user=${plain(caller.user)}`);
    return this.#dispatcher.run({ ...caller, method, params });
  }

  async #runCaught(request: RpcRequest, caller: Caller): Promise<JsonOut> {
    try {
      return resultReply(request, await this.#run(request, caller));
    } catch (error) {
      if (error instanceof RpcError) return errorReply(request, error);
      throw error;
    }
  }
}

/** Text of a stranger as it goes into a log. Core: SanitizeString. */
function plain(text: string): string {
  return text.slice(0, MAX_LOGGED).replace(/[^\w .,;:/?@()+-]/g, "");
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parseBody(body: Uint8Array): Json {
  try {
    return parseJson(UTF8.decode(body));
  } catch {
    throw new RpcError(RpcErrorCode.parse, "Parse error");
  }
}

function statusOf({ code }: RpcError): number {
  if (code === RpcErrorCode.invalidRequest) return 400;
  return code === RpcErrorCode.methodNotFound ? 404 : 500;
}

async function reply(status: number, body: JsonOut): Promise<HttpAnswer> {
  return { status, body: `${await writeLongJson(body)}\n` };
}
