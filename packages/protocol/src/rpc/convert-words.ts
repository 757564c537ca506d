import { DecodeError } from "../bytes/decode-error.ts";
import { findSignature } from "./find-signature.ts";
import { type Json, JsonObject } from "./json.ts";
import { parseJson } from "./parse-json.ts";
import type { RpcArg } from "./signature.ts";

/**
 * Arguments of a method from the words of a command line: those that are no strings are read as JSON.
 * Core: RPCConvertValues.
 *
 * @throws DecodeError `Error parsing JSON: …`
 */
export function convertWords(method: string, words: readonly string[]): readonly Json[] {
  const args = argsOf(method);
  return words.map((word, position) => convert(args[position], word));
}

/**
 * Arguments from words of the form `name=value`. A word without `=`, or one whose name is unknown and
 * that fits the next position as it is, counts as an argument by position. Core: RPCConvertNamedValues.
 *
 * @throws DecodeError `Error parsing JSON: …`
 */
export function convertNamedWords(method: string, words: readonly string[]): JsonObject {
  const args = argsOf(method);
  const named = new Map<string, Json>();
  const leading: Json[] = [];
  for (const word of words) {
    const equals = word.indexOf("=");
    const next = args[leading.length];
    const arg = equals < 0 ? undefined : findArg(args, word.slice(0, equals));
    if (equals < 0) leading.push(convert(next, word));
    else if (arg === undefined && next !== undefined && fits(next, word))
      leading.push(convert(next, word));
    else named.set(word.slice(0, equals), convert(arg, word.slice(equals + 1)));
  }
  const entries: [string, Json][] = [...named];
  if (leading.length > 0) entries.push(["args", leading]);
  return new JsonObject(entries);
}

function argsOf(method: string): readonly RpcArg[] {
  return findSignature(method)?.args ?? [];
}

function findArg(args: readonly RpcArg[], name: string): RpcArg | undefined {
  const all = args.flatMap((arg) => [...(arg.members ?? []), arg]);
  return all.find(({ names }) => names.split("|").includes(name));
}

function fits(arg: RpcArg, word: string): boolean {
  if (isText(arg)) return arg.freeText ?? false;
  try {
    parseJson(word);
    return !arg.loose;
  } catch {
    return false;
  }
}

function isText(arg: RpcArg): boolean {
  return arg.type === "str" && !arg.json;
}

/** A word where no argument is known stays text: the server will say what is wrong. */
function convert(arg: RpcArg | undefined, word: string): Json {
  if (arg === undefined || isText(arg)) return word;
  try {
    return parseJson(word);
  } catch {
    if (arg.loose) return word;
    throw new DecodeError(`Error parsing JSON: ${word}`);
  }
}
