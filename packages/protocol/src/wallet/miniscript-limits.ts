import type { Miniscript } from "./miniscript-node.ts";
import { hasProperties, type MiniscriptContext } from "./miniscript-type.ts";

/** Policy: MAX_STANDARD_P2WSH_SCRIPT_SIZE, MAX_STANDARD_P2WSH_STACK_ITEMS. */
const MAX_WSH_SCRIPT = 3600;
const MAX_WSH_ITEMS = 100;
/** Consensus: MAX_OPS_PER_SCRIPT, MAX_STACK_SIZE. */
const MAX_OPCODES = 201;
const MAX_STACK = 1000;

/** Of a standard transaction what is left by the rest of it and the largest stack, signatures and control block. */
const MAX_TAPSCRIPT = 400_000 - 378 - (3 + 66 * MAX_STACK + 3 + 4129) - 5;

/** The largest script that can be spent by a standard transaction. Core: MaxScriptSize. */
export function maxScriptSize(context: MiniscriptContext): number {
  return context === "tapscript" ? MAX_TAPSCRIPT : MAX_WSH_SCRIPT;
}

/** Whether the parts fit together and the script is not too large. Core: Node::IsValid. */
export function isValidMiniscript(node: Miniscript<unknown>): boolean {
  return node.type !== 0 && node.scriptSize <= maxScriptSize(node.context);
}

/** 1 for what leaves an item on the stack. */
function leftover({ type }: Miniscript<unknown>): number {
  return hasProperties(type, "V") ? 0 : 1;
}

/** Items of the largest stack that satisfies it; negative infinity when none does. */
export function maxStackItems(node: Miniscript<unknown>): number {
  return node.stack.sat.net + leftover(node);
}

/** Opcodes that count when it is satisfied; negative infinity when it cannot be. */
export function maxOpcodes(node: Miniscript<unknown>): number {
  return node.opcodes + node.multisigKeys.sat;
}

/** Items on the stack at most while it is executed; negative infinity when it cannot be satisfied. */
export function maxExecutedItems(node: Miniscript<unknown>): number {
  return node.stack.sat.peak + leftover(node);
}

/** Whether every satisfaction stays within the limits of scripts and policy. Core: ValidSatisfactions. */
export function fitsLimits(node: Miniscript<unknown>): boolean {
  if (!isValidMiniscript(node)) return false;
  if (node.context === "tapscript") return maxExecutedItems(node) <= MAX_STACK;
  return maxOpcodes(node) <= MAX_OPCODES && maxStackItems(node) <= MAX_WSH_ITEMS;
}
