import type { Machine } from "./machine.ts";
import {
  OP_0NOTEQUAL,
  OP_1ADD,
  OP_1SUB,
  OP_ABS,
  OP_ADD,
  OP_BOOLAND,
  OP_BOOLOR,
  OP_GREATERTHAN,
  OP_GREATERTHANOREQUAL,
  OP_LESSTHAN,
  OP_LESSTHANOREQUAL,
  OP_MAX,
  OP_MIN,
  OP_NEGATE,
  OP_NOT,
  OP_NUMEQUAL,
  OP_NUMEQUALVERIFY,
  OP_NUMNOTEQUAL,
  OP_SUB,
  OP_WITHIN,
} from "./opcodes.ts";
import type { ScriptError } from "./script-error.ts";

/** OP_1ADD to OP_WITHIN. Operands have four bytes at most; results may be longer. */
export function executeNumeric(machine: Machine, opcode: number): ScriptError | null {
  if (opcode <= OP_0NOTEQUAL) return executeUnary(machine, opcode);
  if (opcode === OP_WITHIN) return executeWithin(machine);
  return executeBinary(machine, opcode);
}

function executeUnary(machine: Machine, opcode: number): ScriptError | null {
  if (machine.stack.length < 1) return "INVALID_STACK_OPERATION";
  const value = machine.peekNumber(1);
  if (value === null) return "UNKNOWN_ERROR";
  machine.drop(1);
  machine.pushNumber(unary(opcode, value));
  return null;
}

function unary(opcode: number, value: number): number {
  switch (opcode) {
    case OP_1ADD:
      return value + 1;
    case OP_1SUB:
      return value - 1;
    case OP_NEGATE:
      return 0 - value;
    case OP_ABS:
      return Math.abs(value);
    case OP_NOT:
      return Number(value === 0);
    default:
      return Number(value !== 0); // OP_0NOTEQUAL; 2MUL and 2DIV are disabled
  }
}

function executeBinary(machine: Machine, opcode: number): ScriptError | null {
  if (machine.stack.length < 2) return "INVALID_STACK_OPERATION";
  const a = machine.peekNumber(2);
  const b = machine.peekNumber(1);
  if (a === null || b === null) return "UNKNOWN_ERROR";
  machine.drop(2);
  const result = binary(opcode, a, b);
  if (opcode === OP_NUMEQUALVERIFY) return result === 1 ? null : "NUMEQUALVERIFY";
  machine.pushNumber(result);
  return null;
}

function binary(opcode: number, a: number, b: number): number {
  switch (opcode) {
    case OP_ADD:
      return a + b;
    case OP_SUB:
      return a - b;
    case OP_BOOLAND:
      return Number(a !== 0 && b !== 0);
    case OP_BOOLOR:
      return Number(a !== 0 || b !== 0);
    case OP_NUMEQUAL:
    case OP_NUMEQUALVERIFY:
      return Number(a === b);
    case OP_NUMNOTEQUAL:
      return Number(a !== b);
    case OP_LESSTHAN:
      return Number(a < b);
    case OP_GREATERTHAN:
      return Number(a > b);
    case OP_LESSTHANOREQUAL:
      return Number(a <= b);
    case OP_GREATERTHANOREQUAL:
      return Number(a >= b);
    case OP_MIN:
      return Math.min(a, b);
    case OP_MAX:
      return Math.max(a, b);
    default:
      throw new Error(`opcode ${opcode} is disabled or not numeric`);
  }
}

function executeWithin(machine: Machine): ScriptError | null {
  if (machine.stack.length < 3) return "INVALID_STACK_OPERATION";
  const value = machine.peekNumber(3);
  const least = machine.peekNumber(2);
  const above = machine.peekNumber(1);
  if (value === null || least === null || above === null) return "UNKNOWN_ERROR";
  machine.drop(3);
  machine.pushBoolean(least <= value && value < above);
  return null;
}
