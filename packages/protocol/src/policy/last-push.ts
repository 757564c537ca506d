import { MAX_SCRIPT_ELEMENT_SIZE, MAX_STACK_SIZE } from "../script/limits.ts";
import { OP_1, OP_1NEGATE, OP_16 } from "../script/opcodes.ts";
import { encodeScriptNumber } from "../script/script-number.ts";
import { ScriptReader } from "../script/script-reader.ts";

/**
 * What a script of pushes leaves on top of the stack: the redeem script, when it spends a script hash.
 * Null when it pushes nothing, or would not run to its end.
 */
export function lastPush(script: Uint8Array): Uint8Array | null {
  const reader = new ScriptReader(script);
  let last: Uint8Array | null = null;
  for (let items = 1; !reader.atEnd; items++) {
    if (!reader.next() || items > MAX_STACK_SIZE) return null;
    last = pushed(reader);
    if (last === null || last.length > MAX_SCRIPT_ELEMENT_SIZE) return null;
  }
  return last;
}

function pushed(reader: ScriptReader): Uint8Array | null {
  const { opcode } = reader;
  if (opcode < OP_1NEGATE) return reader.data();
  if (opcode === OP_1NEGATE) return encodeScriptNumber(-1);
  if (opcode < OP_1 || opcode > OP_16) return null;
  return encodeScriptNumber(opcode - OP_1 + 1);
}
