import { DecodeError } from "./decode-error.ts";

const DIGITS = "0123456789abcdef";
const PAIRS: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `${DIGITS[byte >> 4]}${DIGITS[byte & 15]}`,
);

/** Value of one hex digit by its character code, or -1. */
function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Lower-case hex of `bytes`, in their order. */
export function encodeHex(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += PAIRS[bytes[i] as number];
  return text;
}

/** True for an even number of hex digits, at least two. Core: IsHex. */
export function isHex(text: string): boolean {
  if (text.length === 0 || text.length % 2 !== 0) return false;
  for (let i = 0; i < text.length; i++) if (digit(text.charCodeAt(i)) < 0) return false;
  return true;
}

/** @throws DecodeError on an odd length or a character that is no hex digit */
export function decodeHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new DecodeError("hex text of odd length");
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = digit(text.charCodeAt(2 * i));
    const low = digit(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) throw new DecodeError(`not a hex digit near position ${2 * i}`);
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}
