/** Size that numeric opcodes take; the lock time opcodes take one byte more. */
const DEFAULT_MAX_SIZE = 4;

/**
 * Bytes of a whole number as scripts hold it: little-endian, shortest, sign in the top bit; zero is
 * empty. Core: CScriptNum::serialize.
 */
export function encodeScriptNumber(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = Math.abs(value); rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  const top = bytes.length - 1;
  const sign = value < 0 ? 0x80 : 0;
  if (top >= 0 && (bytes[top] as number) >= 0x80) bytes.push(sign);
  else if (top >= 0) bytes[top] = (bytes[top] as number) | sign;
  return Uint8Array.from(bytes);
}

/**
 * The number that an item stands for, or null when the item is longer than `maxSize` or, with
 * `minimal`, not its shortest form. Core: CScriptNum.
 */
export function decodeScriptNumber(
  item: Uint8Array,
  minimal: boolean,
  maxSize: number = DEFAULT_MAX_SIZE,
): number | null {
  const length = item.length;
  if (length > maxSize) return null;
  if (length === 0) return 0;
  const top = item[length - 1] as number;
  if (minimal && !isShortest(item, top)) return null;
  let value = top & 0x7f;
  for (let i = length - 2; i >= 0; i--) value = value * 256 + (item[i] as number);
  return top >= 0x80 ? 0 - value : value;
}

/** The top byte carries more than a sign, or the byte below needs it because its top bit is in use. */
function isShortest(item: Uint8Array, top: number): boolean {
  if ((top & 0x7f) !== 0) return true;
  return item.length > 1 && (item[item.length - 2] as number) >= 0x80;
}

/**
 * False for zero of any length and either sign. Core: CastToBool.
 *
 * @param start where the item begins in the bytes
 */
export function isTrue(item: Uint8Array, start = 0): boolean {
  const last = item.length - 1;
  for (let i = start; i < last; i++) if (item[i] !== 0) return true;
  return last >= start && item[last] !== 0 && item[last] !== 0x80;
}
