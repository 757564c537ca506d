import type { Network } from "@compeer/protocol/bitcoin/network";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { type Json, JsonNumber, JsonObject, member } from "@compeer/protocol/rpc/json";
import { asInt64, asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import {
  type ExpandedScript,
  expandDescriptor,
  isRanged,
} from "@compeer/protocol/wallet/expand-descriptor";
import { inferDescriptor } from "@compeer/protocol/wallet/infer-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { type SigningScript, signingScripts } from "@compeer/protocol/wallet/signing-script";
import { TimeSlice } from "./time-slice.ts";

/** Tells nothing of keys: Core reads such a script anew. */
const OPAQUE = /^(raw|addr)\(/;
const DEFAULT_RANGE_END = 1000;
const MAX_RANGE = 1_000_000;

/**
 * The scripts that scan objects mean: descriptors as text, or objects with `desc` and `range`.
 *
 * @returns descriptor without derivation by script in hex
 * @throws RpcError in Core's words
 */
export async function scanScripts(
  objects: readonly Json[],
  network: Network,
): Promise<Map<string, string>> {
  const scripts = new Map<string, string>();
  const slice = new TimeSlice();
  for (const object of objects)
    for await (const { script, descriptor } of evaluateDescriptor(
      object,
      network,
      slice,
      expandDescriptor,
    ))
      scripts.set(
        encodeHex(script),
        OPAQUE.test(descriptor) ? inferDescriptor(script, network) : descriptor,
      );
  return scripts;
}

/**
 * What signs for the scripts that scan objects mean, with the secrets that are known. Core:
 * EvalDescriptorStringOrObject with `expand_priv`.
 *
 * @throws RpcError in Core's words
 */
export async function scanSigningScripts(
  objects: readonly Json[],
  network: Network,
): Promise<readonly SigningScript[]> {
  const scripts: SigningScript[] = [];
  const slice = new TimeSlice();
  for (const object of objects)
    for await (const script of evaluateDescriptor(object, network, slice, signingScripts))
      scripts.push(script);
  return scripts;
}

/** Deriving a key takes milliseconds, and a range may have a million. Core: EvalDescriptorStringOrObject. */
async function* evaluateDescriptor<T>(
  object: Json,
  network: Network,
  slice: TimeSlice,
  expand: (descriptor: Descriptor, index: number) => readonly T[],
): AsyncIterable<T> {
  const { text, range } = scanObject(object);
  const descriptors = readDescriptor(text, network);
  const ranged = descriptors.some(isRanged);
  const [begin, end] = ranged ? range : [0, 0];
  for (let index = begin; index <= end; index++)
    for (const descriptor of descriptors) {
      await slice.rest();
      yield* derived(() => expand(descriptor, index), text);
    }
}

function scanObject(object: Json): { text: string; range: readonly [number, number] } {
  if (typeof object === "string") return { text: object, range: [0, DEFAULT_RANGE_END] };
  if (!(object instanceof JsonObject))
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Scan object needs to be either a string or an object",
    );
  const text = member(object, "desc") ?? null;
  if (text === null)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Descriptor needs to be provided in scan object",
    );
  const range = member(object, "range") ?? null;
  return { text: asText(text), range: range === null ? [0, DEFAULT_RANGE_END] : parseRange(range) };
}

/** First and last index. Core: ParseDescriptorRange. */
export function parseRange(value: Json): readonly [number, number] {
  const [begin, end] = rangeBounds(value);
  if (begin < 0) refuse("Range should be greater or equal than 0");
  if (end < 0 || end > 0x7fffffff) refuse("End of range is too high");
  if (end >= begin + MAX_RANGE) refuse("Range is too large");
  return [begin, end];
}

function rangeBounds(value: Json): readonly [number, number] {
  if (value instanceof JsonNumber) return [0, asInt64(value)];
  if (!Array.isArray(value) || value.length !== 2 || !value.every(isNumber))
    refuse("Range must be specified as end or as [begin,end]");
  const [begin, end] = (value as Json[]).map(asInt64) as [number, number];
  if (begin > end) refuse("Range specified as [begin,end] must not have begin after end");
  return [begin, end];
}

function isNumber(value: Json): boolean {
  return value instanceof JsonNumber;
}

function refuse(message: string): never {
  throw new RpcError(RpcErrorCode.invalidParameter, message);
}

/** @throws RpcError -5 with the parser's words */
export function readDescriptor(
  text: string,
  network: Network,
  requireChecksum = false,
): readonly Descriptor[] {
  try {
    return parseDescriptor(text, network, requireChecksum);
  } catch (error) {
    if (error instanceof DecodeError)
      throw new RpcError(RpcErrorCode.invalidAddressOrKey, error.message, { cause: error });
    throw error;
  }
}

/** @throws RpcError -5 when a private key would be needed */
export function expandAt(
  descriptor: Descriptor,
  index: number,
  text: string,
): readonly ExpandedScript[] {
  return derived(() => expandDescriptor(descriptor, index), text);
}

function derived<T>(expand: () => readonly T[], text: string): readonly T[] {
  try {
    return expand();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RpcError(
      RpcErrorCode.invalidAddressOrKey,
      `Cannot derive script without private keys: '${text}'`,
      { cause: error },
    );
  }
}
