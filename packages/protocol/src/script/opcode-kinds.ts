import {
  OP_2DIV,
  OP_2MUL,
  OP_AND,
  OP_CAT,
  OP_DIV,
  OP_INVERT,
  OP_LEFT,
  OP_LSHIFT,
  OP_MOD,
  OP_MUL,
  OP_OR,
  OP_RIGHT,
  OP_RSHIFT,
  OP_SUBSTR,
  OP_XOR,
} from "./opcodes.ts";

/** Fails a script by being there, since 2010 (CVE-2010-5137). */
const DISABLED = flagsOf([
  OP_CAT,
  OP_SUBSTR,
  OP_LEFT,
  OP_RIGHT,
  OP_INVERT,
  OP_AND,
  OP_OR,
  OP_XOR,
  OP_2MUL,
  OP_2DIV,
  OP_MUL,
  OP_DIV,
  OP_MOD,
  OP_LSHIFT,
  OP_RSHIFT,
]);

/** BIP342: makes a tapscript valid by being there. */
const SUCCESS = flagsOf([
  80,
  98,
  ...range(126, 129),
  ...range(131, 134),
  ...range(137, 138),
  ...range(141, 142),
  ...range(149, 153),
  ...range(187, 254),
]);

export function isDisabled(opcode: number): boolean {
  return DISABLED[opcode] === 1;
}

/** Core: IsOpSuccess. */
export function isOpSuccess(opcode: number): boolean {
  return SUCCESS[opcode] === 1;
}

function flagsOf(opcodes: readonly number[]): Uint8Array {
  const flags = new Uint8Array(256);
  for (const opcode of opcodes) flags[opcode] = 1;
  return flags;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
