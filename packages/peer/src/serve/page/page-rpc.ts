import { type Json, JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import type { RpcDispatcher } from "../rpc/dispatch.ts";
import {
  emptyRequest,
  errorReply,
  isNotification,
  readRequest,
  resultReply,
} from "../rpc/request.ts";
import type { PageSession } from "./page-sessions.ts";
import { includesScope, scopeOf } from "./scopes.ts";

/** Error code of a call that the session may not make. */
const BEYOND_SCOPE = -32001;
/** Calls of one batch. */
const MAX_BATCH = 100;

/** Who calls, and what ends the call. */
export interface PageCaller {
  readonly session: PageSession;
  readonly wallet: string | null;
  readonly signal: AbortSignal;
}

/**
 * Answers calls of the page as JSON-RPC 2.0 does: errors are answers too.
 *
 * @returns the text of the answer; empty when nobody wants one
 */
export async function answerPage(
  dispatcher: RpcDispatcher,
  body: Uint8Array,
  caller: PageCaller,
): Promise<string> {
  const value = parseBody(body);
  if (value === null) {
    const fault = new RpcError(RpcErrorCode.parse, "Parse error");
    return writeJson(errorReply({ ...emptyRequest(), v2: true }, fault));
  }
  if (!Array.isArray(value)) return writeAnswer(await answerOne(dispatcher, value, caller));
  const members = value as readonly Json[];
  if (members.length > MAX_BATCH) {
    const fault = new RpcError(RpcErrorCode.invalidRequest, `At most ${MAX_BATCH} calls at once`);
    return writeJson(errorReply({ ...emptyRequest(), v2: true }, fault));
  }
  const answers: JsonOut[] = [];
  for (const member of members) {
    const answer = await answerOne(dispatcher, member, caller);
    if (answer !== undefined) answers.push(answer);
  }
  return answers.length === 0 ? "" : writeJson(answers);
}

async function answerOne(
  dispatcher: RpcDispatcher,
  value: Json,
  { session, wallet, signal }: PageCaller,
): Promise<JsonOut | undefined> {
  const request = emptyRequest();
  request.v2 = true;
  try {
    readRequest(value, request);
    request.v2 = true;
    const { method, params } = request;
    assertScope(session, method);
    const user = pageUser(session);
    const result = await dispatcher.run({ method, params, wallet, signal, user });
    return isNotification(request) ? undefined : resultReply(request, result);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    request.v2 = true;
    return isNotification(request) ? undefined : errorReply(request, error);
  }
}

function assertScope({ scope }: PageSession, method: string): void {
  const needed = scopeOf(method);
  if (includesScope(scope, needed)) return;
  throw new RpcError(
    BEYOND_SCOPE,
    `This page was opened to ${scope} only, and ${method} needs ${needed}. Open it again with: compeer open`,
  );
}

/** How methods see who called. */
export function pageUser({ id }: PageSession): string {
  return `page:${id}`;
}

function writeAnswer(answer: JsonOut | undefined): string {
  return answer === undefined ? "" : writeJson(answer);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parseBody(body: Uint8Array): JsonObject | readonly Json[] | null {
  try {
    const value = parseJson(UTF8.decode(body));
    return value instanceof JsonObject || Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}
