/** Which constant the checksum ends in: BIP173 or BIP350. */
export type Bech32Encoding = "bech32" | "bech32m";

export interface Bech32 {
  readonly encoding: Bech32Encoding;
  /** Lower case. */
  readonly prefix: string;
  /** Values of 0 to 31, without the checksum. */
  readonly values: readonly number[];
}

const DIGITS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: readonly number[] = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** The remainder of a text whose checksum is right. */
const FINAL: Readonly<Record<Bech32Encoding, number>> = { bech32: 1, bech32m: 0x2bc830a3 };
export const CHECKSUM_LENGTH = 6;
/** Longest text in which every error of up to four characters is found. */
export const BECH32_MAX_LENGTH = 90;

export function encodeBech32(
  encoding: Bech32Encoding,
  prefix: string,
  values: readonly number[],
): string {
  const zeros = new Array<number>(CHECKSUM_LENGTH).fill(0);
  const remainder = polymod([...prefixValues(prefix), ...values, ...zeros]) ^ FINAL[encoding];
  let text = `${prefix}1`;
  for (const value of values) text += DIGITS[value];
  for (let i = CHECKSUM_LENGTH - 1; i >= 0; i--) text += DIGITS[(remainder >>> (5 * i)) & 31];
  return text;
}

/** Null unless `text` is Bech32 or Bech32m. Core: bech32::Decode. */
export function decodeBech32(text: string, maxLength: number = BECH32_MAX_LENGTH): Bech32 | null {
  if (text.length > maxLength || !hasOneCase(text)) return null;
  const lower = text.toLowerCase();
  const separator = lower.lastIndexOf("1");
  if (separator < 1 || separator + 1 + CHECKSUM_LENGTH > lower.length) return null;
  const prefix = lower.slice(0, separator);
  const values = digitValues(lower.slice(separator + 1));
  if (values.includes(-1)) return null;
  for (const encoding of ["bech32", "bech32m"] as const)
    if (checksumDefect(encoding, prefix, values) === 0)
      return { encoding, prefix, values: values.slice(0, -CHECKSUM_LENGTH) };
  return null;
}

/** The values of lower-case digits, -1 for what is none. */
export function digitValues(text: string): number[] {
  return Array.from(text, (character) => DIGITS.indexOf(character));
}

/** How the remainder of values that end in a checksum differs from the right one; 0 when it is right. */
export function checksumDefect(
  encoding: Bech32Encoding,
  prefix: string,
  values: readonly number[],
): number {
  return polymod([...prefixValues(prefix), ...values]) ^ FINAL[encoding];
}

/** Printable ASCII only, and not both cases. */
function hasOneCase(text: string): boolean {
  if (!/^[\x21-\x7e]*$/.test(text)) return false;
  return text === text.toLowerCase() || text === text.toUpperCase();
}

/** BIP173: the high bits of the characters, zero, the low bits. */
function prefixValues(prefix: string): number[] {
  const codes = Array.from(prefix, (character) => character.charCodeAt(0));
  return [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)];
}

function polymod(values: readonly number[]): number {
  let remainder = 1;
  for (const value of values) remainder = nextRemainder(remainder, value);
  return remainder;
}

/** The remainder of a polynomial with one more coefficient, modulo the generator of the code. */
export function nextRemainder(remainder: number, value: number): number {
  const top = remainder >>> 25;
  let next = ((remainder & 0x1ffffff) << 5) ^ value;
  for (let i = 0; i < 5; i++) if ((top >>> i) & 1) next ^= GENERATOR[i] as number;
  return next;
}

/** Bytes as values of 5 bits, the last filled up with zeros. */
export function bytesToFives(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let bits = 0;
  let pending = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; ) {
      bits -= 5;
      values.push((pending >>> bits) & 31);
    }
  }
  if (bits > 0) values.push((pending << (5 - bits)) & 31);
  return values;
}

/** The way back; null when what fills up the last byte is 5 bits or more, or not zeros. */
export function fivesToBytes(values: readonly number[]): Uint8Array | null {
  const bytes: number[] = [];
  let bits = 0;
  let pending = 0;
  for (const value of values) {
    pending = ((pending << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((pending >>> bits) & 255);
  }
  if (bits >= 5 || (pending & ((1 << bits) - 1)) !== 0) return null;
  return Uint8Array.from(bytes);
}
