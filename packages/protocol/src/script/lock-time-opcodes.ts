import { checkLockTime, checkSequence, SEQUENCE_DISABLE_FLAG } from "./check-lock-time.ts";
import type { Machine } from "./machine.ts";
import type { ScriptError } from "./script-error.ts";

/** Lock times are unsigned 32-bit values, so these opcodes take numbers of five bytes. */
const LOCK_NUMBER_SIZE = 5;

/** BIP65. The number stays on the stack. */
export function checkLockTimeVerify(machine: Machine): ScriptError | null {
  if (machine.stack.length < 1) return "INVALID_STACK_OPERATION";
  const lockTime = machine.peekNumber(1, LOCK_NUMBER_SIZE);
  if (lockTime === null) return "UNKNOWN_ERROR";
  if (lockTime < 0) return "NEGATIVE_LOCKTIME";
  const { tx } = machine.context;
  return checkLockTime(tx, machine.input, lockTime) ? null : "UNSATISFIED_LOCKTIME";
}

/** BIP112. The number stays on the stack. */
export function checkSequenceVerify(machine: Machine): ScriptError | null {
  if (machine.stack.length < 1) return "INVALID_STACK_OPERATION";
  const sequence = machine.peekNumber(1, LOCK_NUMBER_SIZE);
  if (sequence === null) return "UNKNOWN_ERROR";
  if (sequence < 0) return "NEGATIVE_LOCKTIME";
  if ((sequence & SEQUENCE_DISABLE_FLAG) !== 0) return null;
  const { tx } = machine.context;
  return checkSequence(tx, machine.input, sequence) ? null : "UNSATISFIED_LOCKTIME";
}
