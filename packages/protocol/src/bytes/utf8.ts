import { Writer } from "./writer.ts";

const REPLACEMENT = 0xfffd;

/** UTF-8 of a text. Half of a surrogate pair becomes U+FFFD, as TextEncoder has it. */
export function encodeUtf8(text: string): Uint8Array {
  const writer = new Writer(text.length + 16);
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    writePoint(writer, code >= 0xd800 && code <= 0xdfff ? REPLACEMENT : code);
  }
  return writer.finish();
}

function writePoint(writer: Writer, code: number): void {
  if (code < 0x80) writer.u8(code);
  else if (code < 0x800) writer.u8(0xc0 | (code >> 6)).u8(tail(code));
  else if (code < 0x10000)
    writer
      .u8(0xe0 | (code >> 12))
      .u8(tail(code >> 6))
      .u8(tail(code));
  else
    writer
      .u8(0xf0 | (code >> 18))
      .u8(tail(code >> 12))
      .u8(tail(code >> 6))
      .u8(tail(code));
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f);
}
