import { numberPart, scriptOf } from "@compeer/protocol/script/build-script";
import { opcodeName } from "@compeer/protocol/script/opcode-name";
import { OP_CHECKSIGADD, OP_NOP, OP_RESERVED } from "@compeer/protocol/script/opcodes";

/** Opcodes by name, with and without "OP_". */
const opcodes = new Map<string, number>();
for (const opcode of [OP_RESERVED, ...range(OP_NOP, OP_CHECKSIGADD)]) {
  const name = opcodeName(opcode);
  opcodes.set(name, opcode).set(name.slice(3), opcode);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/**
 * A script in the notation of Core's test vectors: decimal numbers and 'text' are pushed, 0x… is put in
 * as it is, opcodes by name. Core: ParseScript.
 */
export function parseScript(text: string): Uint8Array {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return Buffer.concat(words.map(parseWord));
}

function parseWord(word: string): Uint8Array {
  if (/^-?[0-9]+$/.test(word)) return scriptOf(numberPart(Number(word)));
  if (word.startsWith("0x")) return Buffer.from(word.slice(2), "hex");
  if (word.startsWith("'")) return scriptOf(Buffer.from(word.slice(1, -1), "latin1"));
  const opcode = opcodes.get(word);
  if (opcode === undefined) throw new Error(`no opcode ${word}`);
  return scriptOf(opcode);
}
