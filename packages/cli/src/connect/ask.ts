import { type RpcParams, resultOf } from "@compeer/protocol/rpc/client";
import {
  type Json,
  JsonNumber,
  JsonObject,
  type JsonOut,
  member,
} from "@compeer/protocol/rpc/json";
import { httpCall } from "./http-call.ts";
import type { Session } from "./session.ts";

/**
 * The result of one method.
 *
 * @throws RpcError with what the peer refused it for
 */
export async function ask(
  session: Session,
  method: string,
  params: RpcParams = [],
  wallet?: string | null,
): Promise<Json> {
  const body: JsonOut = { jsonrpc: "2.0", id: 1, method, params };
  return resultOf(await httpCall(session, body, wallet));
}

/** The answers to several methods without arguments, in one request; those that failed are errors. */
export async function askAll(
  session: Session,
  methods: readonly string[],
): Promise<readonly Json[]> {
  const body = methods.map((method, id): JsonOut => ({ jsonrpc: "2.0", id, method, params: [] }));
  const answers = await httpCall(session, body);
  if (!Array.isArray(answers)) resultOf(answers); // a refusal of the whole
  return methods.map((_, id) => {
    const list = answers as readonly Json[];
    return list.find((answer) => Number(textAt(answer, "id")) === id) ?? null;
  });
}

/** The member that a path of names leads to; null when it does not. */
export function at(value: Json, ...path: readonly string[]): Json {
  let here = value;
  for (const name of path) here = here instanceof JsonObject ? (member(here, name) ?? null) : null;
  return here;
}

/** The same as text: numbers as they were written, "" for what is no text. */
export function textAt(value: Json, ...path: readonly string[]): string {
  const found = at(value, ...path);
  if (found instanceof JsonNumber) return found.text;
  return typeof found === "string" ? found : "";
}

/** The same as a number; 0 when there is none. */
export function numberAt(value: Json, ...path: readonly string[]): number {
  return Number(textAt(value, ...path) || 0);
}

/** The same as a list; empty when there is none. */
export function listAt(value: Json, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}
