import { parseHash } from "../bytes/hash.ts";
import { decodeHex, isHex } from "../bytes/hex.ts";
import { type Json, JsonNumber, JsonObject, type JsonTypeName, member, typeName } from "./json.ts";
import { RpcError, RpcErrorCode } from "./rpc-error.ts";

const INT = /^-?[0-9]+$/;

/** Throws Core's -3 for a value of the wrong type. Core: UniValue::checkType. */
function wrongType(value: Json, expected: JsonTypeName): RpcError {
  const message = `JSON value of type ${typeName(value)} is not of expected type ${expected}`;
  return new RpcError(RpcErrorCode.type, message);
}

/** @throws RpcError -3 unless a string */
export function asText(value: Json): string {
  if (typeof value !== "string") throw wrongType(value, "string");
  return value;
}

/** @throws RpcError -3 unless true or false */
export function asBool(value: Json): boolean {
  if (typeof value !== "boolean") throw wrongType(value, "bool");
  return value;
}

/** @throws RpcError -3 unless an array */
export function asArray(value: Json): readonly Json[] {
  if (typeName(value) !== "array") throw wrongType(value, "array");
  return value as readonly Json[];
}

/** @throws RpcError -3 unless an object */
export function asObject(value: Json): JsonObject {
  if (!(value instanceof JsonObject)) throw wrongType(value, "object");
  return value;
}

/**
 * A whole number written without fraction or exponent. Core: UniValue::getInt.
 *
 * @throws RpcError -3 unless a number, -1 `JSON integer out of range` outside [min, max]
 */
export function asInt(value: Json, min = -2147483648, max = 2147483647): number {
  if (!(value instanceof JsonNumber)) throw wrongType(value, "number");
  const number = Number(value.text);
  if (!INT.test(value.text) || number < min || number > max)
    throw new RpcError(RpcErrorCode.misc, "JSON integer out of range");
  return number;
}

/** A signed 64-bit integer, as a double holds it. Core: getInt<int64_t>. */
export function asInt64(value: Json): number {
  return asInt(value, -(2 ** 63), 2 ** 63 - 1024);
}

/** An unsigned 32-bit integer. Core: getInt<uint32_t>. */
export function asUint32(value: Json): number {
  return asInt(value, 0, 0xffffffff);
}

/** Any number as a double. Core: get_real. */
export function asReal(value: Json): number {
  if (!(value instanceof JsonNumber)) throw wrongType(value, "number");
  const number = Number(value.text);
  if (!Number.isFinite(number)) throw new RpcError(RpcErrorCode.misc, "JSON double out of range");
  return number;
}

/**
 * A hash in the order people write it, as bytes in wire order. Core: ParseHashV.
 *
 * @param name what Core's error calls the value
 * @throws RpcError -8 unless 64 hex digits
 */
export function asHash(value: Json, name: string): Uint8Array {
  const text = asText(value);
  if (text.length !== 64) {
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      `${name} must be of length 64 (not ${text.length}, for '${text}')`,
    );
  }
  if (!isHex(text)) throw notHex(name, text);
  return parseHash(text);
}

/**
 * Bytes given as hex. Core: ParseHexV.
 *
 * @throws RpcError -8 unless an even number of hex digits, at least two
 */
export function asHex(value: Json, name: string): Uint8Array {
  const text = typeof value === "string" ? value : "";
  if (!isHex(text)) throw notHex(name, text);
  return decodeHex(text);
}

function notHex(name: string, text: string): RpcError {
  return new RpcError(
    RpcErrorCode.invalidParameter,
    `${name} must be hexadecimal string (not '${text}')`,
  );
}

/** What `checkMembers` expects of one member; "any" takes every type. */
export type MemberType = JsonTypeName | "any";

/**
 * Checks the members of an object that came as an argument. Core: RPCTypeCheckObj.
 *
 * @param expected name and type of each member known
 * @param options `allowNull`: members may be missing; `strict`: there must be no others
 * @throws RpcError -3 `Missing …`, `JSON value of type …`, `Unexpected key …`
 */
export function checkMembers(
  object: JsonObject,
  expected: Readonly<Record<string, MemberType>>,
  options: { readonly allowNull?: boolean; readonly strict?: boolean } = {},
): void {
  for (const name of Object.keys(expected).sort()) {
    const value = member(object, name) ?? null;
    const type = expected[name] as MemberType;
    if (value === null && options.allowNull) continue;
    if (value === null) throw new RpcError(RpcErrorCode.type, `Missing ${name}`);
    if (type === "any" || typeName(value) === type) continue;
    throw new RpcError(
      RpcErrorCode.type,
      `JSON value of type ${typeName(value)} for field ${name} is not of expected type ${type}`,
    );
  }
  if (!options.strict) return;
  for (const [name] of object.entries)
    if (!Object.hasOwn(expected, name))
      throw new RpcError(RpcErrorCode.type, `Unexpected key ${name}`);
}
