import { concatBytes } from "../bytes/compare.ts";
import { sha256d } from "../crypto/sha256.ts";

const DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

const CHECKSUM_SIZE = 4;

/** Bytes as one large number in 58 digits; each leading zero byte is a leading "1". */
export function encodeBase58(bytes: Uint8Array): string {
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  const digits: number[] = []; // least first
  for (let i = zeros; i < bytes.length; i++) {
    let carry = bytes[i] as number;
    for (let j = 0; j < digits.length; j++) {
      carry += (digits[j] as number) * 256;
      digits[j] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  let text = "1".repeat(zeros);
  for (let i = digits.length - 1; i >= 0; i--) text += DIGITS[digits[i] as number];
  return text;
}

/**
 * The bytes, or null when a character is none of the 58, or when they are more than `maxLength`. White
 * space around the text does not count, as in Core's DecodeBase58.
 */
export function decodeBase58(text: string, maxLength: number): Uint8Array | null {
  const trimmed = text.replace(/^[ \f\n\r\t\v]+|[ \f\n\r\t\v]+$/g, "");
  let zeros = 0;
  while (zeros < trimmed.length && trimmed[zeros] === "1") zeros++;
  const bytes: number[] = []; // least first
  for (let i = zeros; i < trimmed.length; i++) {
    let carry = VALUES[trimmed.charCodeAt(i)] ?? -1;
    if (carry < 0) return null;
    for (let j = 0; j < bytes.length; j++) {
      carry += (bytes[j] as number) * 58;
      bytes[j] = carry & 255;
      carry >>>= 8;
    }
    if (carry > 0) bytes.push(carry);
    if (zeros + bytes.length > maxLength) return null;
  }
  if (zeros + bytes.length > maxLength) return null;
  const result = new Uint8Array(zeros + bytes.length);
  result.set(bytes.reverse(), zeros);
  return result;
}

/** Base58 of the bytes and four bytes of their sha256d. */
export function encodeBase58Check(bytes: Uint8Array): string {
  return encodeBase58(concatBytes(bytes, sha256d(bytes).subarray(0, CHECKSUM_SIZE)));
}

/** The bytes before the checksum; null when it does not fit, or they are more than `maxLength`. */
export function decodeBase58Check(text: string, maxLength: number): Uint8Array | null {
  const bytes = decodeBase58(text, maxLength + CHECKSUM_SIZE);
  if (bytes === null || bytes.length < CHECKSUM_SIZE) return null;
  const payload = bytes.subarray(0, bytes.length - CHECKSUM_SIZE);
  const hash = sha256d(payload);
  for (let i = 0; i < CHECKSUM_SIZE; i++) if (hash[i] !== bytes[payload.length + i]) return null;
  return payload;
}
