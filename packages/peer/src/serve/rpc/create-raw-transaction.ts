import { parseAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import {
  encodeTransaction,
  type Input,
  type Output,
  type TransactionBody,
} from "@compeer/protocol/bitcoin/transaction";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { parseAmount } from "@compeer/protocol/rpc/amount";
import { type Json, JsonNumber, JsonObject, member } from "@compeer/protocol/rpc/json";
import { asArray, asHash, asHex, asInt, asInt64, asObject } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { OP_RETURN } from "@compeer/protocol/script/opcodes";
import type { Params } from "./params.ts";

const SEQUENCE_FINAL = 0xffffffff;
/** Highest sequence that lets lock times count, and highest that signals replaceability (BIP125). */
const SEQUENCE_NONFINAL = 0xfffffffe;
const SEQUENCE_REPLACEABLE = 0xfffffffd;
const MIN_VERSION = 1;
const MAX_VERSION = 3;
const DEFAULT_VERSION = 2;

/** A transaction as callers state it; null for what they do not. */
export interface StatedTransaction {
  readonly inputs: Json;
  readonly outputs: Json;
  readonly lockTime: Json;
  readonly version: number;
  readonly replaceable: boolean | undefined;
}

/** Bytes of the transaction that the arguments of createrawtransaction state. */
export function createRawTransaction(params: Params, network: Network): Uint8Array {
  const stated: StatedTransaction = {
    inputs: params.array("inputs"),
    outputs: params.raw("outputs"),
    lockTime: params.raw("locktime"),
    version: params.has("version") ? params.uint32("version") : DEFAULT_VERSION,
    replaceable: params.optionalBool("replaceable"),
  };
  return encodeTransaction(constructTransaction(stated, network));
}

/** Core: ConstructTransaction. @throws RpcError in Core's words */
export function constructTransaction(stated: StatedTransaction, network: Network): TransactionBody {
  const { version, replaceable } = stated;
  const lockTime = stated.lockTime === null ? 0 : asInt64(stated.lockTime);
  if (lockTime < 0 || lockTime > 0xffffffff) refuse("Invalid parameter, locktime out of range");
  if (version < MIN_VERSION || version > MAX_VERSION)
    refuse(`Invalid parameter, version out of range(${MIN_VERSION}~${MAX_VERSION})`);
  const listed = stated.inputs === null ? [] : asArray(stated.inputs);
  const inputs = listed.map((each) => inputOf(each, lockTime, replaceable));
  const outputs = statedOutputs(stated.outputs, network);
  const signals = inputs.some(({ sequence }) => sequence <= SEQUENCE_REPLACEABLE);
  if (replaceable === true && inputs.length > 0 && !signals)
    refuse("Invalid parameter combination: Sequence number(s) contradict replaceable option");
  return { version, inputs, outputs, lockTime };
}

function refuse(message: string): never {
  throw new RpcError(RpcErrorCode.invalidParameter, message);
}

function inputOf(value: Json, lockTime: number, replaceable: boolean | undefined): Input {
  const object = asObject(value);
  const txid = asHash(member(object, "txid") ?? null, "txid");
  const vout = member(object, "vout");
  if (!(vout instanceof JsonNumber)) refuse("Invalid parameter, missing vout key");
  const index = asInt(vout as JsonNumber);
  if (index < 0) refuse("Invalid parameter, vout cannot be negative");
  return {
    prevout: { txid, index },
    script: new Uint8Array(0),
    sequence: sequenceOf(member(object, "sequence"), lockTime, replaceable),
    witness: [],
  };
}

function sequenceOf(
  stated: Json | undefined,
  lockTime: number,
  replaceable: boolean | undefined,
): number {
  if (stated instanceof JsonNumber) {
    const sequence = asInt64(stated);
    if (sequence < 0 || sequence > SEQUENCE_FINAL)
      refuse("Invalid parameter, sequence number is out of range");
    return sequence;
  }
  if (replaceable ?? true) return SEQUENCE_REPLACEABLE;
  return lockTime !== 0 ? SEQUENCE_NONFINAL : SEQUENCE_FINAL;
}

/** Name and value of each output: members of one object, or of a list of objects with one each. */
export function outputPairs(value: Json): readonly (readonly [string, Json])[] {
  if (value === null) refuse("Invalid parameter, output argument must be non-null");
  return value instanceof JsonObject
    ? (value.entries as readonly (readonly [string, Json])[])
    : asArray(value).map((each) => onlyMember(each));
}

/** The outputs that `value` states by address, or as "data". Core: ParseOutputs. */
export function statedOutputs(value: Json, network: Network): Output[] {
  const scripts = new Set<string>();
  let hasData = false;
  return outputPairs(value).map(([name, amount]) => {
    if (name === "data") {
      if (hasData) refuse("Invalid parameter, duplicate key: data");
      hasData = true;
      return { value: 0, script: scriptOf(OP_RETURN, asHex(dataText(amount), "Data")) };
    }
    const script = parseAddress(name, network);
    const sats = parseAmount(amount);
    if (script === null)
      throw new RpcError(RpcErrorCode.invalidAddressOrKey, `Invalid Bitcoin address: ${name}`);
    const key = encodeHex(script);
    if (scripts.has(key)) refuse(`Invalid parameter, duplicated address: ${name}`);
    scripts.add(key);
    return { value: sats, script };
  });
}

function onlyMember(value: Json): readonly [string, Json] {
  if (!(value instanceof JsonObject))
    refuse("Invalid parameter, key-value pair not an object as expected");
  const { entries } = value as JsonObject;
  const [first, ...more] = entries;
  if (first === undefined || more.length > 0)
    refuse("Invalid parameter, key-value pair must contain exactly one key");
  return first as readonly [string, Json];
}

/** Data may be written as a number too; its digits are then the hex. */
function dataText(value: Json): Json {
  return value instanceof JsonNumber ? value.text : value;
}
