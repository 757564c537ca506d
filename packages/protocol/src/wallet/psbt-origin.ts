import { compareBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex, encodeHex } from "../bytes/hex.ts";
import type { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { isValidPublicKey } from "../crypto/keys.ts";
import type { PsbtDerivation, PsbtKeyOrigin, PsbtTapDerivation } from "./psbt.ts";
import { type PsbtField, readValue } from "./psbt-record.ts";

/** Reads a fingerprint and the steps behind it, up to the end. Core: DeserializeKeyOrigin. */
export function readOrigin(reader: Reader): PsbtKeyOrigin {
  if (reader.left === 0 || reader.left % 4 !== 0)
    throw new DecodeError("Invalid length for HD key path");
  const fingerprint = encodeHex(reader.take(4));
  const path: number[] = [];
  while (reader.left > 0) path.push(reader.u32());
  return { fingerprint, path };
}

export function encodeOrigin({ fingerprint, path }: PsbtKeyOrigin): Uint8Array {
  const writer = new Writer(4 + 4 * path.length).raw(decodeHex(fingerprint));
  for (const step of path) writer.u32(step);
  return writer.finish();
}

/** A record of PSBT_IN_BIP32_DERIVATION or PSBT_OUT_BIP32_DERIVATION. */
export function readDerivation({ data, value }: PsbtField): PsbtDerivation {
  if (!isValidPublicKey(data)) throw new DecodeError("Invalid pubkey");
  return { publicKey: data, origin: readValue(value, readOrigin) };
}

/** A record of PSBT_IN_TAP_BIP32_DERIVATION or PSBT_OUT_TAP_BIP32_DERIVATION. */
export function readTapDerivation({ data, value }: PsbtField, place: string): PsbtTapDerivation {
  return readValue(value, (reader) => {
    const count = value.length === 0 ? 1 : reader.compactSize();
    if (count * 32 > reader.left)
      throw new DecodeError(`${place} Taproot BIP32 keypath has an invalid length`);
    const leafHashes: Uint8Array[] = [];
    for (let i = 0; i < count; i++) leafHashes.push(reader.take(32));
    leafHashes.sort(compareBytes);
    return { publicKey: data, leafHashes, origin: readOrigin(reader) };
  });
}

/** The value of such a record. */
export function encodeTapDerivation({ leafHashes, origin }: PsbtTapDerivation): Uint8Array {
  const writer = new Writer(64).compactSize(leafHashes.length);
  for (const hash of leafHashes) writer.raw(hash);
  return writer.raw(encodeOrigin(origin)).finish();
}
