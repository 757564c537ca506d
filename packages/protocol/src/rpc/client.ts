import { type Json, type JsonNumber, JsonObject, type JsonOut, member } from "./json.ts";
import { parseJson } from "./parse-json.ts";
import { RpcError, RpcErrorCode } from "./rpc-error.ts";
import { writeJson } from "./write-json.ts";

/**
 * Carries one request to the server and its answer back: body out, body in.
 * It throws when there is no answer that could be JSON.
 */
export type RpcTransport = (body: string) => Promise<string>;

/** Arguments by position, or by name. */
export type RpcParams = readonly JsonOut[] | { readonly [name: string]: JsonOut } | JsonObject;

/** Asks a server over JSON-RPC 2.0. How the bytes travel is the transport's business. */
export class RpcClient {
  readonly #transport: RpcTransport;
  #lastId = 0;

  constructor(transport: RpcTransport) {
    this.#transport = transport;
  }

  /**
   * The result of a method, with numbers as their text.
   *
   * @throws RpcError with the code and message that the server answered
   */
  async call(method: string, params: RpcParams = []): Promise<Json> {
    const id = ++this.#lastId;
    const answer = await this.#transport(writeJson({ jsonrpc: "2.0", id, method, params }));
    return resultOf(parseJson(answer));
  }
}

/**
 * The result in an answer of either version.
 *
 * @throws RpcError when the answer is an error, or no answer at all
 */
export function resultOf(answer: Json): Json {
  if (!(answer instanceof JsonObject)) throw new RpcError(RpcErrorCode.parse, "no JSON-RPC answer");
  const error = member(answer, "error") ?? null;
  if (error === null) return member(answer, "result") ?? null;
  if (!(error instanceof JsonObject)) throw new RpcError(RpcErrorCode.misc, writeJson(error));
  const code = member(error, "code") as JsonNumber | undefined;
  const message = member(error, "message");
  throw new RpcError(
    Number(code?.text ?? RpcErrorCode.misc),
    typeof message === "string" ? message : writeJson(error),
  );
}
