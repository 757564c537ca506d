import { hash160, ripemd160, sha1 } from "../crypto/hash160.ts";
import { sha256, sha256d } from "../crypto/sha256.ts";
import type { Machine } from "./machine.ts";
import { OP_HASH160, OP_RIPEMD160, OP_SHA1, OP_SHA256 } from "./opcodes.ts";
import type { ScriptError } from "./script-error.ts";

/** OP_RIPEMD160 to OP_HASH256. */
export function executeHash(machine: Machine, opcode: number): ScriptError | null {
  const { stack } = machine;
  const item = stack.pop();
  if (item === undefined) return "INVALID_STACK_OPERATION";
  stack.push(hashOf(item, opcode));
  return null;
}

function hashOf(item: Uint8Array, opcode: number): Uint8Array {
  if (opcode === OP_HASH160) return hash160(item);
  if (opcode === OP_SHA256) return sha256(item);
  if (opcode === OP_RIPEMD160) return ripemd160(item);
  return opcode === OP_SHA1 ? sha1(item) : sha256d(item);
}
