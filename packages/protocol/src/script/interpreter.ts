import { ConditionStack } from "./condition-stack.ts";
import {
  VERIFY_CHECKLOCKTIMEVERIFY,
  VERIFY_CHECKSEQUENCEVERIFY,
  VERIFY_CONST_SCRIPTCODE,
  VERIFY_DISCOURAGE_UPGRADABLE_NOPS,
  VERIFY_MINIMALIF,
} from "./flags.ts";
import { executeHash } from "./hash-opcodes.ts";
import { MAX_SCRIPT_ELEMENT_SIZE, MAX_SCRIPT_SIZE, MAX_STACK_SIZE } from "./limits.ts";
import { checkLockTimeVerify, checkSequenceVerify } from "./lock-time-opcodes.ts";
import type { Machine } from "./machine.ts";
import { executeNumeric } from "./number-opcodes.ts";
import { isDisabled } from "./opcode-kinds.ts";
import {
  OP_1,
  OP_1ADD,
  OP_1NEGATE,
  OP_16,
  OP_CHECKLOCKTIMEVERIFY,
  OP_CHECKMULTISIG,
  OP_CHECKMULTISIGVERIFY,
  OP_CHECKSEQUENCEVERIFY,
  OP_CHECKSIG,
  OP_CHECKSIGADD,
  OP_CHECKSIGVERIFY,
  OP_CODESEPARATOR,
  OP_ELSE,
  OP_ENDIF,
  OP_HASH256,
  OP_IF,
  OP_NOP,
  OP_NOP1,
  OP_NOP10,
  OP_NOTIF,
  OP_PUSHDATA4,
  OP_RETURN,
  OP_RIPEMD160,
  OP_VERIFY,
  OP_WITHIN,
} from "./opcodes.ts";
import type { ScriptError } from "./script-error.ts";
import { isTrue } from "./script-number.ts";
import { isMinimalPush, ScriptReader } from "./script-reader.ts";
import { checkMultisig, checkSig, checkSigAdd } from "./signature-opcodes.ts";
import { executeStack } from "./stack-opcodes.ts";

/**
 * Runs the machine's script to its end, leaving its stack for the caller to judge.
 * Core: EvalScript.
 *
 * @returns the first error, null when there was none
 */
export function runScript(machine: Machine): ScriptError | null {
  const { script, version } = machine;
  const limited = version !== "tapscript";
  if (limited && script.length > MAX_SCRIPT_SIZE) return "SCRIPT_SIZE";
  const reader = new ScriptReader(script);
  const conditions = new ConditionStack();
  for (let position = 0; !reader.atEnd; position++) {
    if (!reader.next()) return "BAD_OPCODE";
    const { opcode } = reader;
    if (reader.dataLength > MAX_SCRIPT_ELEMENT_SIZE) return "PUSH_SIZE";
    if (limited && opcode > OP_16 && !machine.countOps(1)) return "OP_COUNT";
    if (opcode > OP_16) {
      const banned = checkBanned(machine, opcode);
      if (banned !== null) return banned;
    }
    if (conditions.allTrue || (opcode >= OP_IF && opcode <= OP_ENDIF)) {
      const error = execute(machine, reader, conditions, position);
      if (error !== null) return error;
    }
    if (machine.stack.length + machine.altStack.length > MAX_STACK_SIZE) return "STACK_SIZE";
  }
  return conditions.isEmpty ? null : "UNBALANCED_CONDITIONAL";
}

/** Opcodes that fail a script even in a branch that is not taken (CVE-2010-5137). */
function checkBanned(machine: Machine, opcode: number): ScriptError | null {
  if (isDisabled(opcode)) return "DISABLED_OPCODE";
  const constant = machine.version === "base" && (machine.flags & VERIFY_CONST_SCRIPTCODE) !== 0;
  return constant && opcode === OP_CODESEPARATOR ? "OP_CODESEPARATOR" : null;
}

/** One opcode; `position` is its number among the opcodes of the script. */
function execute(
  machine: Machine,
  reader: ScriptReader,
  conditions: ConditionStack,
  position: number,
): ScriptError | null {
  const { opcode } = reader;
  if (opcode <= OP_PUSHDATA4) return pushData(machine, reader);
  if (opcode <= OP_16) return pushSmallNumber(machine, opcode);
  if (opcode <= OP_RETURN) return executeControl(machine, conditions, opcode);
  if (opcode < OP_1ADD) return executeStack(machine, opcode);
  if (opcode <= OP_WITHIN) return executeNumeric(machine, opcode);
  if (opcode >= OP_RIPEMD160 && opcode <= OP_HASH256) return executeHash(machine, opcode);
  if (opcode >= OP_NOP1 && opcode <= OP_NOP10) return executeNop(machine, opcode);
  switch (opcode) {
    case OP_CODESEPARATOR:
      machine.scriptCode = machine.script.subarray(reader.position);
      if (machine.spend !== null) machine.spend.codeSeparator = position;
      return null;
    case OP_CHECKSIG:
    case OP_CHECKSIGVERIFY:
      return checkSig(machine, opcode === OP_CHECKSIGVERIFY);
    case OP_CHECKMULTISIG:
    case OP_CHECKMULTISIGVERIFY:
      return checkMultisig(machine, opcode === OP_CHECKMULTISIGVERIFY);
    case OP_CHECKSIGADD:
      return checkSigAdd(machine);
    default:
      return "BAD_OPCODE";
  }
}

function pushData(machine: Machine, reader: ScriptReader): ScriptError | null {
  const data = reader.data();
  if (machine.minimal && !isMinimalPush(data, reader.opcode)) return "MINIMALDATA";
  machine.stack.push(data);
  return null;
}

function pushSmallNumber(machine: Machine, opcode: number): ScriptError | null {
  if (opcode !== OP_1NEGATE && opcode < OP_1) return "BAD_OPCODE"; // OP_RESERVED
  machine.pushNumber(opcode - OP_1 + 1);
  return null;
}

function executeControl(
  machine: Machine,
  conditions: ConditionStack,
  opcode: number,
): ScriptError | null {
  switch (opcode) {
    case OP_NOP:
      return null;
    case OP_IF:
    case OP_NOTIF:
      return enterBranch(machine, conditions, opcode === OP_IF);
    case OP_ELSE:
      if (conditions.isEmpty) return "UNBALANCED_CONDITIONAL";
      conditions.toggle();
      return null;
    case OP_ENDIF:
      if (conditions.isEmpty) return "UNBALANCED_CONDITIONAL";
      conditions.pop();
      return null;
    case OP_VERIFY:
      if (machine.stack.length < 1) return "INVALID_STACK_OPERATION";
      if (!isTrue(machine.peek(1))) return "VERIFY";
      machine.drop(1);
      return null;
    case OP_RETURN:
      return "OP_RETURN";
    default:
      return "BAD_OPCODE";
  }
}

/** IF, and NOTIF with `wanted` false. Inside a branch that is not taken, the stack stays. */
function enterBranch(
  machine: Machine,
  conditions: ConditionStack,
  wanted: boolean,
): ScriptError | null {
  if (!conditions.allTrue) {
    conditions.push(false);
    return null;
  }
  if (machine.stack.length < 1) return "UNBALANCED_CONDITIONAL";
  const item = machine.peek(1);
  const minimal = item.length === 0 || (item.length === 1 && item[0] === 1);
  if (!minimal && machine.version === "tapscript") return "TAPSCRIPT_MINIMALIF";
  if (!minimal && machine.version === "witness-v0" && (machine.flags & VERIFY_MINIMALIF) !== 0)
    return "MINIMALIF";
  machine.drop(1);
  conditions.push(isTrue(item) === wanted);
  return null;
}

/** NOP1 to NOP10, two of which got a meaning (BIP65, BIP112). */
function executeNop(machine: Machine, opcode: number): ScriptError | null {
  const { flags } = machine;
  if (opcode === OP_CHECKLOCKTIMEVERIFY)
    return (flags & VERIFY_CHECKLOCKTIMEVERIFY) !== 0 ? checkLockTimeVerify(machine) : null;
  if (opcode === OP_CHECKSEQUENCEVERIFY)
    return (flags & VERIFY_CHECKSEQUENCEVERIFY) !== 0 ? checkSequenceVerify(machine) : null;
  return (flags & VERIFY_DISCOURAGE_UPGRADABLE_NOPS) !== 0 ? "DISCOURAGE_UPGRADABLE_NOPS" : null;
}
