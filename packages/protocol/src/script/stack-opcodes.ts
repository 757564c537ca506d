import { equalBytes } from "../bytes/compare.ts";
import type { Machine } from "./machine.ts";
import {
  OP_2DROP,
  OP_2DUP,
  OP_2OVER,
  OP_2ROT,
  OP_2SWAP,
  OP_3DUP,
  OP_DEPTH,
  OP_DROP,
  OP_DUP,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_FROMALTSTACK,
  OP_IFDUP,
  OP_NIP,
  OP_OVER,
  OP_PICK,
  OP_ROLL,
  OP_ROT,
  OP_SIZE,
  OP_SWAP,
  OP_TOALTSTACK,
  OP_TUCK,
} from "./opcodes.ts";
import type { ScriptError } from "./script-error.ts";
import { isTrue } from "./script-number.ts";

/** Items that an opcode needs to find, by opcode. */
const NEEDS: ReadonlyMap<number, number> = new Map([
  [OP_TOALTSTACK, 1],
  [OP_FROMALTSTACK, 0],
  [OP_2DROP, 2],
  [OP_2DUP, 2],
  [OP_3DUP, 3],
  [OP_2OVER, 4],
  [OP_2ROT, 6],
  [OP_2SWAP, 4],
  [OP_IFDUP, 1],
  [OP_DEPTH, 0],
  [OP_DROP, 1],
  [OP_DUP, 1],
  [OP_NIP, 2],
  [OP_OVER, 2],
  [OP_PICK, 2],
  [OP_ROLL, 2],
  [OP_ROT, 3],
  [OP_SWAP, 2],
  [OP_TUCK, 2],
  [OP_SIZE, 1],
  [OP_EQUAL, 2],
  [OP_EQUALVERIFY, 2],
]);

/** Opcodes that move, copy, measure or compare items. */
export function executeStack(machine: Machine, opcode: number): ScriptError | null {
  const needed = NEEDS.get(opcode);
  if (needed === undefined) return "BAD_OPCODE";
  const { stack, altStack } = machine;
  if (stack.length < needed) return "INVALID_STACK_OPERATION";
  switch (opcode) {
    case OP_TOALTSTACK:
      altStack.push(stack.pop() as Uint8Array);
      return null;
    case OP_FROMALTSTACK:
      if (altStack.length === 0) return "INVALID_ALTSTACK_OPERATION";
      stack.push(altStack.pop() as Uint8Array);
      return null;
    case OP_2DROP:
      machine.drop(2);
      return null;
    case OP_2DUP:
      stack.push(machine.peek(2), machine.peek(1));
      return null;
    case OP_3DUP:
      stack.push(machine.peek(3), machine.peek(2), machine.peek(1));
      return null;
    case OP_2OVER:
      stack.push(machine.peek(4), machine.peek(3));
      return null;
    case OP_2ROT:
      stack.push(...stack.splice(stack.length - 6, 2));
      return null;
    case OP_2SWAP:
      stack.push(...stack.splice(stack.length - 4, 2));
      return null;
    case OP_IFDUP:
      if (isTrue(machine.peek(1))) stack.push(machine.peek(1));
      return null;
    case OP_DEPTH:
      machine.pushNumber(stack.length);
      return null;
    case OP_DROP:
      stack.pop();
      return null;
    case OP_DUP:
      stack.push(machine.peek(1));
      return null;
    case OP_NIP:
      stack.splice(stack.length - 2, 1);
      return null;
    case OP_OVER:
      stack.push(machine.peek(2));
      return null;
    case OP_PICK:
    case OP_ROLL:
      return pick(machine, opcode === OP_ROLL);
    case OP_ROT:
      stack.push(...stack.splice(stack.length - 3, 1));
      return null;
    case OP_SWAP:
      stack.push(...stack.splice(stack.length - 2, 1));
      return null;
    case OP_TUCK:
      stack.splice(stack.length - 2, 0, machine.peek(1));
      return null;
    case OP_SIZE:
      machine.pushNumber(machine.peek(1).length);
      return null;
    default:
      return equal(machine, opcode === OP_EQUALVERIFY);
  }
}

/** Copies or, with `roll`, moves the item at the depth that the top names to the top. */
function pick(machine: Machine, roll: boolean): ScriptError | null {
  const { stack } = machine;
  const depth = machine.peekNumber(1);
  if (depth === null) return "UNKNOWN_ERROR";
  stack.pop();
  if (depth < 0 || depth >= stack.length) return "INVALID_STACK_OPERATION";
  const item = machine.peek(depth + 1);
  if (roll) stack.splice(stack.length - 1 - depth, 1);
  stack.push(item);
  return null;
}

function equal(machine: Machine, verify: boolean): ScriptError | null {
  const same = equalBytes(machine.peek(2), machine.peek(1));
  machine.drop(2);
  if (!verify) machine.pushBoolean(same);
  return verify && !same ? "EQUALVERIFY" : null;
}
