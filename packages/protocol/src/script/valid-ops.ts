import { MAX_SCRIPT_ELEMENT_SIZE } from "./limits.ts";
import { OP_NOP10 } from "./opcodes.ts";
import { ScriptReader } from "./script-reader.ts";

/** Whole opcodes only, all with a meaning outside tapscript, no push too long. Core: CScript::HasValidOps. */
export function hasValidOps(script: Uint8Array): boolean {
  const reader = new ScriptReader(script);
  while (!reader.atEnd) {
    if (!reader.next() || reader.opcode > OP_NOP10) return false;
    if (reader.dataLength > MAX_SCRIPT_ELEMENT_SIZE) return false;
  }
  return true;
}
