import { DecodeError } from "./decode-error.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

/** Base64 of `bytes`, padded (RFC4648). */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += `${DIGITS[group >> 18]}${DIGITS[(group >> 12) & 63]}`;
    text += left > 1 ? DIGITS[(group >> 6) & 63] : "=";
    text += left > 2 ? DIGITS[group & 63] : "=";
  }
  return text;
}

/**
 * The bytes of a base64 text. Padding must be there, and the bits that no byte takes must be zero.
 * Core: DecodeBase64.
 *
 * @throws DecodeError otherwise
 */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw new DecodeError("base64 text whose length is no multiple of 4");
  const digits = text.endsWith("==") ? text.length - 2 : text.length - (text.endsWith("=") ? 1 : 0);
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < digits; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? -1;
    if (value < 0) throw new DecodeError(`not a base64 digit at position ${i}`);
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  if ((held & ((1 << bits) - 1)) !== 0) throw new DecodeError("base64 text with bits left over");
  return bytes;
}
