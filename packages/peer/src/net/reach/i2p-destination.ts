import { createHash } from "node:crypto";
import { decodeBase64, encodeBase64 } from "@compeer/protocol/bytes/base64";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { NET_I2P } from "@compeer/protocol/wire/address";
import { formatHost } from "../addresses/address-text.ts";

/** Bytes of keys and certificate's head; where the length of the certificate stands. */
const BASE_LENGTH = 387;
const CERTIFICATE_LENGTH_AT = 385;

/** I2P writes base64 with "-" and "~". */
export function encodeI2pBase64(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "~");
}

/** @throws DecodeError */
export function decodeI2pBase64(text: string): Uint8Array {
  return decodeBase64(text.replaceAll("-", "+").replaceAll("~", "/"));
}

/** The destination, which others may know, at the head of a private key. @throws DecodeError */
export function destinationOf(privateKey: Uint8Array): Uint8Array {
  if (privateKey.length < BASE_LENGTH)
    throw new DecodeError(`The private key is too short (${privateKey.length} < ${BASE_LENGTH})`);
  const high = privateKey[CERTIFICATE_LENGTH_AT] as number;
  const length = BASE_LENGTH + ((high << 8) | (privateKey[CERTIFICATE_LENGTH_AT + 1] as number));
  if (privateKey.length < length)
    throw new DecodeError(`The private key should be ${length} bytes, but is ${privateKey.length}`);
  return privateKey.subarray(0, length);
}

/** "….b32.i2p": a destination's short name. */
export function i2pHost(destination: Uint8Array): string {
  const host = new Uint8Array(createHash("sha256").update(destination).digest());
  return formatHost({ network: NET_I2P, host });
}
