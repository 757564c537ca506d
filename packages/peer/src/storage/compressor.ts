import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import type { Reader } from "@compeer/protocol/bytes/reader";
import { decodePublicKey } from "@compeer/protocol/crypto/public-key";
import { putVarInt, readVarInt } from "./var-int.ts";

/**
 * Short forms of amounts and scripts in coin and undo records. Core: src/compressor.{h,cpp}.
 *
 * A script is a kind and what the kind leaves open: 0 pays to a key hash, 1 to a script hash,
 * 2 and 3 to a compressed public key, 4 and 5 to an uncompressed one, of which only x is kept;
 * from 6 on, the whole script follows and the kind is its length plus 6.
 */
const KINDS = 6;
/** Longest script that can be spent. Core: MAX_SCRIPT_SIZE. */
const MAX_SCRIPT = 10_000;
const OP_RETURN = 0x6a;
const OP_DUP = 0x76;
const OP_EQUAL = 0x87;
const OP_EQUALVERIFY = 0x88;
const OP_HASH160 = 0xa9;
const OP_CHECKSIG = 0xac;
/** A compressed amount above this takes more than 53 bits. */
const EXACT = 900_000_000_000_000;

/** Most bytes that `putAmount` and `putScript` take beyond the script itself. */
export const MAX_OVERHEAD = 13;

/** Writes an amount at `at`; returns the offset behind it. */
export function putAmount(bytes: Uint8Array, at: number, value: number): number {
  if (value === 0) return putVarInt(bytes, at, 0);
  let rest = value;
  let zeros = 0;
  while (zeros < 9 && rest % 10 === 0) {
    rest /= 10;
    zeros++;
  }
  const digit = rest % 10;
  const digits = zeros < 9 ? Math.floor(rest / 10) * 9 + digit - 1 : rest - 1;
  if (digits < EXACT) return putVarInt(bytes, at, digits * 10 + zeros + 1);
  return putBigVarInt(bytes, at, BigInt(digits) * 10n + BigInt(zeros + 1));
}

function putBigVarInt(bytes: Uint8Array, at: number, value: bigint): number {
  const groups: number[] = [];
  for (let left = value; ; left = (left >> 7n) - 1n) {
    groups.push(Number(left & 127n));
    if (left < 128n) break;
  }
  const end = at + groups.length;
  for (let i = 0; i < groups.length; i++)
    bytes[end - 1 - i] = (groups[i] as number) | (i === 0 ? 0 : 128);
  return end;
}

/** @throws DecodeError when the bytes end, or on more than 64 bits */
export function readAmount(reader: Reader): number {
  const start = reader.position;
  const code = readVarInt(reader);
  if (code > Number.MAX_SAFE_INTEGER)
    return bigAmount(reader.bytes.subarray(start, reader.position));
  if (code === 0) return 0;
  const zeros = (code - 1) % 10;
  const digits = Math.floor((code - 1) / 10);
  if (zeros === 9) return (digits + 1) * 1e9;
  return (Math.floor(digits / 9) * 10 + (digits % 9) + 1) * 10 ** zeros;
}

function bigAmount(varInt: Uint8Array): number {
  let code = 0n;
  for (let i = 0; i < varInt.length; i++) {
    const byte = varInt[i] as number;
    code = (code << 7n) + BigInt(byte & 127) + (byte < 128 ? 0n : 1n);
  }
  const zeros = (code - 1n) % 10n;
  const digits = (code - 1n) / 10n;
  if (zeros === 9n) return Number((digits + 1n) * 1_000_000_000n);
  return Number(((digits / 9n) * 10n + (digits % 9n) + 1n) * 10n ** zeros);
}

/**
 * Writes the script at bytes[start, start + length) to `out` at `at`; returns the offset behind it.
 *
 * @param packKeys false to leave uncompressed public keys as they are, which saves curve arithmetic;
 *   every reader takes that form as well
 */
export function putScript(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  start: number,
  length: number,
  packKeys: boolean,
): number {
  if (length === 25 && isKeyHash(bytes, start)) return putShort(out, at, 0, bytes, start + 3, 20);
  if (length === 23 && isScriptHash(bytes, start))
    return putShort(out, at, 1, bytes, start + 2, 20);
  if (length === 35 && isCompressedKey(bytes, start))
    return putShort(out, at, bytes[start + 1] as number, bytes, start + 2, 32);
  if (packKeys && length === 67 && isFullKey(bytes, start))
    return putShort(out, at, 4 | ((bytes[start + 65] as number) & 1), bytes, start + 2, 32);
  const body = putVarInt(out, at, length + KINDS);
  copyBytes(out, body, bytes, start, length);
  return body + length;
}

function isKeyHash(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === OP_DUP &&
    bytes[at + 1] === OP_HASH160 &&
    bytes[at + 2] === 20 &&
    bytes[at + 23] === OP_EQUALVERIFY &&
    bytes[at + 24] === OP_CHECKSIG
  );
}

function isScriptHash(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === OP_HASH160 && bytes[at + 1] === 20 && bytes[at + 22] === OP_EQUAL;
}

function isCompressedKey(bytes: Uint8Array, at: number): boolean {
  const parity = bytes[at + 1];
  return bytes[at] === 33 && (parity === 2 || parity === 3) && bytes[at + 34] === OP_CHECKSIG;
}

/** An uncompressed key is packed only when it lies on the curve: else y could not be found again. */
function isFullKey(bytes: Uint8Array, at: number): boolean {
  return isFullKeyForm(bytes, at) && decodePublicKey(bytes.subarray(at + 1, at + 66)) !== null;
}

/** True when bytes[at, at + 67) push an uncompressed key, on the curve or not, and check a signature. */
export function isFullKeyForm(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 65 && bytes[at + 1] === 4 && bytes[at + 66] === OP_CHECKSIG;
}

function putShort(
  out: Uint8Array,
  at: number,
  kind: number,
  bytes: Uint8Array,
  start: number,
  length: number,
): number {
  out[at] = kind;
  copyBytes(out, at + 1, bytes, start, length);
  return at + 1 + length;
}

/** Scripts are short: a loop beats `set` of a view up to about a hundred bytes. */
function copyBytes(
  out: Uint8Array,
  at: number,
  bytes: Uint8Array,
  start: number,
  length: number,
): void {
  if (length > 100) out.set(bytes.subarray(start, start + length), at);
  else for (let i = 0; i < length; i++) out[at + i] = bytes[start + i] as number;
}

/** Room for the longest script that a short form stands for. */
const expanded = new Uint8Array(67);

/** A script in some bytes; the next call may overwrite it. */
export interface ScriptSlice {
  bytes: Uint8Array;
  start: number;
  length: number;
}

const slice: ScriptSlice = { bytes: expanded, start: 0, length: 0 };

/** Reads a script; the one object it returns is used again by the next call. @throws DecodeError */
export function readScript(reader: Reader): ScriptSlice {
  const kind = readVarInt(reader);
  slice.bytes = expanded;
  slice.start = 0;
  if (kind < KINDS) slice.length = expand(kind, reader);
  else if (kind - KINDS > MAX_SCRIPT) slice.length = skipLong(reader, kind - KINDS);
  else {
    slice.length = kind - KINDS;
    slice.start = reader.skip(slice.length);
    slice.bytes = reader.bytes;
  }
  return slice;
}

/** A script over the limit cannot be spent; as in Core, a short one of that sort stands in for it. */
function skipLong(reader: Reader, length: number): number {
  reader.skip(length);
  expanded[0] = OP_RETURN;
  return 1;
}

function expand(kind: number, reader: Reader): number {
  if (kind === 0) {
    expanded[0] = OP_DUP;
    expanded[1] = OP_HASH160;
    expanded[2] = 20;
    copyBytes(expanded, 3, reader.bytes, reader.skip(20), 20);
    expanded[23] = OP_EQUALVERIFY;
    expanded[24] = OP_CHECKSIG;
    return 25;
  }
  if (kind === 1) {
    expanded[0] = OP_HASH160;
    expanded[1] = 20;
    copyBytes(expanded, 2, reader.bytes, reader.skip(20), 20);
    expanded[22] = OP_EQUAL;
    return 23;
  }
  return expandKey(kind, reader);
}

function expandKey(kind: number, reader: Reader): number {
  const x = reader.skip(32);
  expanded[0] = 33;
  expanded[1] = kind & 1 ? 3 : 2;
  copyBytes(expanded, 2, reader.bytes, x, 32);
  expanded[34] = OP_CHECKSIG;
  if (kind < 4) return 35;
  const point = decodePublicKey(expanded.subarray(1, 34));
  if (point === null) throw new DecodeError("a packed public key is not on the curve");
  expanded[0] = 65;
  expanded.set(point.toBytes(false), 1);
  expanded[66] = OP_CHECKSIG;
  return 67;
}
