import { DecodeError } from "../bytes/decode-error.ts";
import { readU32 } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { sha256d } from "../crypto/sha256.ts";

export const HEADER_SIZE = 80;

export interface HeaderFields {
  /** Signed 32 bits. */
  readonly version: number;
  readonly prevHash: Uint8Array;
  readonly merkleRoot: Uint8Array;
  /** Seconds since 1970, unsigned 32 bits. */
  readonly time: number;
  /** The target in compact form. */
  readonly bits: number;
  readonly nonce: number;
}

export interface BlockHeader extends HeaderFields {
  readonly raw: Uint8Array;
  /** Wire order. */
  readonly hash: Uint8Array;
}

/** @throws DecodeError unless `bytes` are 80 long */
export function decodeHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.length !== HEADER_SIZE) throw new DecodeError(`a header has ${HEADER_SIZE} bytes`);
  return {
    version: readU32(bytes, 0) | 0,
    prevHash: bytes.subarray(4, 36),
    merkleRoot: bytes.subarray(36, 68),
    time: readU32(bytes, 68),
    bits: readU32(bytes, 72),
    nonce: readU32(bytes, 76),
    raw: bytes,
    hash: sha256d(bytes),
  };
}

export function encodeHeader(header: HeaderFields): Uint8Array {
  return new Writer(HEADER_SIZE)
    .u32(header.version)
    .raw(header.prevHash)
    .raw(header.merkleRoot)
    .u32(header.time)
    .u32(header.bits)
    .u32(header.nonce)
    .finish();
}
