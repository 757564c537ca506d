import { findSignature } from "@compeer/protocol/rpc/find-signature";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import type { RpcArg } from "@compeer/protocol/rpc/signature";
import { methodWords } from "./method-words.ts";
import type { Params } from "./params.ts";

/** A method that the server can run. */
export interface RpcMethod {
  readonly name: string;
  /** Heading in `help`; methods in "hidden" are not listed. */
  readonly category: string;
  readonly args: readonly RpcArg[];
  readonly description: string;
  readonly result?: string;
  readonly examples?: readonly string[];
  run(call: RpcCall): Promise<JsonOut> | JsonOut;
}

/** One call of a method. */
export interface RpcCall {
  readonly params: Params;
  /** Fires when the caller hangs up or the server stops: long waits end on it. */
  readonly signal: AbortSignal;
  /** Name from the path `/wallet/<name>`; null when the call came to `/`. */
  readonly wallet: string | null;
  /** Who called, as authenticated. */
  readonly user: string;
}

/** What a handler states about itself; the rest comes from the contract in protocol/rpc. */
export interface MethodParts {
  /** One paragraph or more, in our own words, for `help <method>`. */
  readonly description: string;
  readonly result?: string;
  readonly examples?: readonly string[];
  /** Needed only for methods that the contract does not list. */
  readonly category?: string;
  readonly args?: readonly RpcArg[];
  readonly run: (call: RpcCall) => Promise<JsonOut> | JsonOut;
}

/**
 * A method with the arguments that the contract states for its name.
 *
 * @throws Error when the contract does not know the name and `parts` does not state them
 */
export function rpcMethod(name: string, parts: MethodParts): RpcMethod {
  const known = findSignature(name);
  const category = parts.category ?? known?.category;
  const args = parts.args ?? known?.args;
  if (category === undefined || args === undefined)
    throw new Error(`method ${name} needs a category and arguments`);
  return { ...methodWords(name), ...parts, name, category, args };
}
