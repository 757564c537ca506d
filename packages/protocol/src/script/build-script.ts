import { Writer } from "../bytes/writer.ts";
import { OP_1, OP_1NEGATE, OP_PUSHDATA1, OP_PUSHDATA2, OP_PUSHDATA4 } from "./opcodes.ts";
import { encodeScriptNumber } from "./script-number.ts";

/** A number is an opcode, bytes are data to push. */
export type ScriptPart = number | Uint8Array;

/** The script of these parts in a row. Data takes the shortest push by its length alone, as in Core. */
export function scriptOf(...parts: readonly ScriptPart[]): Uint8Array {
  const writer = new Writer(64);
  for (const part of parts) {
    if (typeof part === "number") writer.u8(part);
    else writePush(writer, part);
  }
  return writer.finish();
}

function writePush(writer: Writer, data: Uint8Array): void {
  const { length } = data;
  if (length < OP_PUSHDATA1) writer.u8(length);
  else if (length <= 0xff) writer.u8(OP_PUSHDATA1).u8(length);
  else if (length <= 0xffff) writer.u8(OP_PUSHDATA2).u16(length);
  else writer.u8(OP_PUSHDATA4).u32(length);
  writer.raw(data);
}

/** The part that pushes a number: an opcode from -1 to 16, else its bytes. Core: CScript << int64_t. */
export function numberPart(value: number): ScriptPart {
  if (value === -1) return OP_1NEGATE;
  if (value >= 1 && value <= 16) return OP_1 + value - 1;
  return encodeScriptNumber(value);
}
