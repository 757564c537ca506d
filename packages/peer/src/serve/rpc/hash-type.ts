import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import {
  SIGHASH_ALL,
  SIGHASH_ANYONECANPAY,
  SIGHASH_DEFAULT,
  SIGHASH_NONE,
  SIGHASH_SINGLE,
} from "@compeer/protocol/script/signature-hash-type";

const HASH_TYPES: ReadonlyMap<string, number> = new Map([
  ["DEFAULT", SIGHASH_DEFAULT],
  ["ALL", SIGHASH_ALL],
  ["ALL|ANYONECANPAY", SIGHASH_ALL | SIGHASH_ANYONECANPAY],
  ["NONE", SIGHASH_NONE],
  ["NONE|ANYONECANPAY", SIGHASH_NONE | SIGHASH_ANYONECANPAY],
  ["SINGLE", SIGHASH_SINGLE],
  ["SINGLE|ANYONECANPAY", SIGHASH_SINGLE | SIGHASH_ANYONECANPAY],
]);

/** The hash type of this name; undefined when none is named. Core: ParseSighashString. */
export function parseHashType(name: string | undefined): number | undefined {
  const type = name === undefined ? undefined : HASH_TYPES.get(name);
  if (name !== undefined && type === undefined)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      `'${name}' is not a valid sighash parameter.`,
    );
  return type;
}

/** Name of a hash type, empty when it has none. Core: SighashToStr. */
export function hashTypeName(type: number): string {
  for (const [name, value] of HASH_TYPES)
    if (value === (type & 0xff) && value !== SIGHASH_DEFAULT) return name;
  return "";
}
