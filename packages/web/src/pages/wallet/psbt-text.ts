/** "psbt" and 0xff. BIP174 */
const MAGIC = [0x70, 0x73, 0x62, 0x74, 0xff];
/** The magic in base64, as far as it is the same for all. */
const MAGIC_TEXT = "cHNidP";

/**
 * A PSBT as base64, from a file's bytes, from hex or from base64 with blanks in it.
 *
 * @throws Error with one sentence when it is something else
 */
export function psbtText(given: string | Uint8Array): string {
  if (typeof given !== "string") {
    if (startsWithMagic(given)) return toBase64(given);
    return psbtText(new TextDecoder().decode(given));
  }
  const text = given.replace(/\s+/g, "");
  if (text.startsWith(MAGIC_TEXT)) return text;
  if (/^70736274ff([0-9a-f]{2})*$/i.test(text)) return toBase64(hexBytes(text));
  throw new Error("This is no PSBT: one begins with cHNidP.");
}

function startsWithMagic(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
