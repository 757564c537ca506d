import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { parseAmount } from "@compeer/protocol/rpc/amount";
import type { Json, JsonObject } from "@compeer/protocol/rpc/json";
import {
  asArray,
  asBool,
  asHash,
  asHex,
  asInt,
  asInt64,
  asObject,
  asReal,
  asText,
  asUint32,
} from "@compeer/protocol/rpc/json-value";
import { firstName, type RpcArg } from "@compeer/protocol/rpc/signature";

/**
 * The arguments of one call, read by name. An argument that is missing or null counts as not given:
 * the plain getters want it given, the `optional…` ones return their fallback.
 * Every getter throws the `RpcError` that Core would answer for a wrong value.
 */
export class Params {
  readonly #args: readonly RpcArg[];
  readonly #values: readonly Json[];

  constructor(args: readonly RpcArg[], values: readonly Json[]) {
    this.#args = args;
    this.#values = values;
  }

  /** All arguments by position, as given. */
  get list(): readonly Json[] {
    return this.#values;
  }

  /** The value as given; null when it was not. */
  raw(name: string): Json {
    const position = this.#args.findIndex((arg) => firstName(arg) === name);
    if (position < 0) throw new Error(`no argument is called ${name}`);
    return this.#values[position] ?? null;
  }

  /** True when the argument was given and is not null. */
  has(name: string): boolean {
    return this.raw(name) !== null;
  }

  text(name: string): string {
    return asText(this.raw(name));
  }

  optionalText(name: string): string | undefined;
  optionalText<T>(name: string, fallback: T): string | T;
  optionalText(name: string, fallback?: unknown): unknown {
    return this.has(name) ? this.text(name) : fallback;
  }

  /** A 32-bit signed integer, or one in the bounds given. */
  int(name: string, min?: number, max?: number): number {
    return asInt(this.raw(name), min, max);
  }

  optionalInt(name: string): number | undefined;
  optionalInt<T>(name: string, fallback: T): number | T;
  optionalInt(name: string, fallback?: unknown): unknown {
    return this.has(name) ? this.int(name) : fallback;
  }

  int64(name: string): number {
    return asInt64(this.raw(name));
  }

  optionalInt64(name: string): number | undefined;
  optionalInt64<T>(name: string, fallback: T): number | T;
  optionalInt64(name: string, fallback?: unknown): unknown {
    return this.has(name) ? this.int64(name) : fallback;
  }

  uint32(name: string): number {
    return asUint32(this.raw(name));
  }

  /** Any number, as a double. */
  real(name: string): number {
    return asReal(this.raw(name));
  }

  bool(name: string): boolean {
    return asBool(this.raw(name));
  }

  optionalBool(name: string): boolean | undefined;
  optionalBool<T>(name: string, fallback: T): boolean | T;
  optionalBool(name: string, fallback?: unknown): unknown {
    return this.has(name) ? this.bool(name) : fallback;
  }

  /** Satoshis of an amount in bitcoin. */
  amount(name: string): Sats {
    return parseAmount(this.raw(name));
  }

  optionalAmount(name: string): Sats | undefined;
  optionalAmount<T>(name: string, fallback: T): Sats | T;
  optionalAmount(name: string, fallback?: unknown): unknown {
    return this.has(name) ? this.amount(name) : fallback;
  }

  /** A block hash or txid in wire order. */
  hash(name: string): Uint8Array {
    return asHash(this.raw(name), name);
  }

  optionalHash(name: string): Uint8Array | undefined {
    return this.has(name) ? this.hash(name) : undefined;
  }

  /** Bytes given as hex. */
  hex(name: string): Uint8Array {
    return asHex(this.raw(name), name);
  }

  object(name: string): JsonObject {
    return asObject(this.raw(name));
  }

  optionalObject(name: string): JsonObject | undefined {
    return this.has(name) ? this.object(name) : undefined;
  }

  array(name: string): readonly Json[] {
    return asArray(this.raw(name));
  }

  optionalArray(name: string): readonly Json[] | undefined {
    return this.has(name) ? this.array(name) : undefined;
  }

  /**
   * How much detail the caller wants: a number, or a boolean where 1 stands for true.
   * Core: ParseVerbosity.
   */
  verbosity(name: string, fallback: number): number {
    const value = this.raw(name);
    if (typeof value === "boolean") return value ? 1 : 0;
    return value === null ? fallback : asInt(value);
  }
}
