import * as op from "../script/opcodes.ts";
import { decodeScriptNumber } from "../script/script-number.ts";
import { isMinimalPush, ScriptReader } from "../script/script-reader.ts";

/** An opcode and what it pushes; OP_1 to OP_16 push their number. */
export interface ScriptItem {
  readonly opcode: number;
  readonly data: Uint8Array;
}

const EMPTY = new Uint8Array(0);
/** Opcodes whose VERIFY form, which is the next opcode, counts as two. */
const VERIFIABLE: readonly number[] = [
  op.OP_EQUAL,
  op.OP_NUMEQUAL,
  op.OP_CHECKSIG,
  op.OP_CHECKMULTISIG,
];

/**
 * A script taken apart, the VERIFY forms of opcodes too. Null when it is no script, or not the shortest
 * for what it says. Core: DecomposeScript.
 */
export function scriptItems(script: Uint8Array): readonly ScriptItem[] | null {
  const items: ScriptItem[] = [];
  const reader = new ScriptReader(script);
  while (!reader.atEnd) {
    if (!reader.next()) return null;
    const { opcode } = reader;
    if (opcode >= op.OP_1 && opcode <= op.OP_16)
      items.push({ opcode, data: Uint8Array.of(opcode - op.OP_1 + 1) });
    else if (opcode <= op.OP_PUSHDATA4) {
      const data = reader.data();
      if (!isMinimalPush(data, opcode)) return null;
      items.push({ opcode, data });
    } else if (VERIFIABLE.includes(opcode - 1))
      items.push({ opcode: opcode - 1, data: EMPTY }, { opcode: op.OP_VERIFY, data: EMPTY });
    else {
      const isLoose = VERIFIABLE.includes(opcode) && script[reader.position] === op.OP_VERIFY;
      if (isLoose) return null;
      items.push({ opcode, data: EMPTY });
    }
  }
  return items;
}

/** The number that an item pushes, or null. */
export function itemNumber(item: ScriptItem | undefined): number | null {
  if (item === undefined) return null;
  if (item.opcode === op.OP_0) return 0;
  return item.data.length === 0 ? null : decodeScriptNumber(item.data, true);
}
