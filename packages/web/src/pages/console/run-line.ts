import { convertWords } from "@compeer/protocol/rpc/convert-words";
import { type Json, JsonNumber, JsonObject } from "@compeer/protocol/rpc/json";
import { rpc } from "../../rpc.ts";
import { splitLine } from "./split-line.ts";

/**
 * Runs one line of the console: a method, then its arguments as bitcoin-cli takes them.
 *
 * @returns the answer as text
 * @throws Error in one sentence, or the peer's own words
 */
export async function runLine(line: string, wallet: string | null): Promise<string> {
  const [method, ...words] = splitLine(line);
  if (method === undefined) return "";
  const params = convertWords(method, words).map(plain);
  const answer = await rpc<unknown>(method, params, wallet ?? undefined);
  return typeof answer === "string" ? answer : JSON.stringify(answer, null, 2);
}

/** A parsed argument as plain data. A double holds every amount in bitcoin to its eight decimals. */
function plain(value: Json): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (value instanceof JsonObject)
    return Object.fromEntries(value.entries.map(([key, part]) => [key, plain(part as Json)]));
  if (Array.isArray(value)) return value.map((part: Json) => plain(part));
  return value;
}
