import { readU32 } from "../bytes/reader.ts";
import { OP_16, OP_INVALIDOPCODE, OP_PUSHDATA1, OP_PUSHDATA2, OP_PUSHDATA4 } from "./opcodes.ts";

/** Walks through a script, one opcode at a time, without copying. Core: CScript::GetOp. */
export class ScriptReader {
  readonly script: Uint8Array;
  /** Offset behind what was read. */
  position = 0;
  /** The opcode just read. */
  opcode: number = OP_INVALIDOPCODE;
  /** Where the data pushed by `opcode` lies; both equal when there is none. */
  dataStart = 0;
  dataEnd = 0;

  constructor(script: Uint8Array) {
    this.script = script;
  }

  get atEnd(): boolean {
    return this.position >= this.script.length;
  }

  /** Reads one opcode and its data. False at the end, or when the script ends within a push. */
  next(): boolean {
    const { script } = this;
    if (this.position >= script.length) return false;
    const opcode = script[this.position++] as number;
    this.opcode = opcode;
    this.dataStart = this.position;
    this.dataEnd = this.position;
    return opcode === 0 || opcode > OP_PUSHDATA4 || this.#readData(opcode);
  }

  /** The pushed data, a view; empty for an opcode that carries none. */
  data(): Uint8Array {
    return this.script.subarray(this.dataStart, this.dataEnd);
  }

  get dataLength(): number {
    return this.dataEnd - this.dataStart;
  }

  #readData(opcode: number): boolean {
    const length = opcode < OP_PUSHDATA1 ? opcode : this.#readLength(opcode);
    if (length < 0 || length > this.script.length - this.position) return false;
    this.dataStart = this.position;
    this.position += length;
    this.dataEnd = this.position;
    return true;
  }

  /** Length behind a PUSHDATA opcode, -1 when the script ends within it. */
  #readLength(opcode: number): number {
    const { script, position } = this;
    const width = opcode === OP_PUSHDATA1 ? 1 : opcode === OP_PUSHDATA2 ? 2 : 4;
    if (script.length - position < width) return -1;
    this.position += width;
    if (width === 4) return readU32(script, position);
    const low = script[position] as number;
    return width === 1 ? low : low | ((script[position + 1] as number) << 8);
  }
}

/** Only pushes from `from` on; OP_RESERVED counts as one. Core: CScript::IsPushOnly. */
export function isPushOnly(script: Uint8Array, from = 0): boolean {
  const reader = new ScriptReader(script);
  reader.position = from;
  while (!reader.atEnd) if (!reader.next() || reader.opcode > OP_16) return false;
  return true;
}

/** Whether `opcode` (at most OP_PUSHDATA4) is the shortest way to push `data`. Core: CheckMinimalPush. */
export function isMinimalPush(data: Uint8Array, opcode: number): boolean {
  const length = data.length;
  if (length === 0) return opcode === 0;
  const first = data[0] as number;
  // OP_1 to OP_16 and OP_1NEGATE push these without data.
  if (length === 1 && ((first >= 1 && first <= 16) || first === 0x81)) return false;
  if (length <= 75) return opcode === length;
  if (length <= 255) return opcode === OP_PUSHDATA1;
  return length > 65535 || opcode === OP_PUSHDATA2;
}
