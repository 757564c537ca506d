import { checkAddress } from "../bitcoin/address.ts";
import type { Network } from "../bitcoin/network.ts";
import { decodeBase64, encodeBase64 } from "../bytes/base64.ts";
import { equalBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import { Writer } from "../bytes/writer.ts";
import { hash160 } from "../crypto/hash160.ts";
import { recoverPublicKey, signRecoverable } from "../crypto/keys.ts";
import { sha256d } from "../crypto/sha256.ts";
import { isPayToPublicKeyHash } from "../script/templates.ts";

/** Stands before every message, so that nobody signs a transaction unknowingly. */
const MAGIC: Uint8Array = encodeUtf8("Bitcoin Signed Message:\n");

/** What a signed message turns out to be. Core: MessageVerificationResult. */
export type MessageVerdict =
  | "good"
  | "invalid address"
  | "address without key"
  | "malformed signature"
  | "not signed by it";

/** Base64 of a signature from which the key can be recovered. Core: MessageSign. */
export function signMessage(message: string, secret: Uint8Array, compressed = true): string {
  return encodeBase64(signRecoverable(messageHash(message), secret, compressed));
}

/** Whether the key behind a P2PKH address signed the message. Core: MessageVerify. */
export function verifyMessage(
  address: string,
  signature: string,
  message: string,
  network: Network,
): MessageVerdict {
  const verdict = checkAddress(address, network);
  if (!("script" in verdict)) return "invalid address";
  if (!isPayToPublicKeyHash(verdict.script)) return "address without key";
  const bytes = base64OrNull(signature);
  if (bytes === null) return "malformed signature";
  const key = recoverPublicKey(bytes, messageHash(message));
  const signed = key !== null && equalBytes(hash160(key), verdict.script.subarray(3, 23));
  return signed ? "good" : "not signed by it";
}

function messageHash(message: string): Uint8Array {
  return sha256d(new Writer().varBytes(MAGIC).varBytes(encodeUtf8(message)).finish());
}

function base64OrNull(text: string): Uint8Array | null {
  try {
    return decodeBase64(text);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
