import { encodeHex } from "../bytes/hex.ts";
import { VERIFY_STRICTENC } from "./flags.ts";
import { opcodeName } from "./opcode-name.ts";
import { OP_PUSHDATA4 } from "./opcodes.ts";
import { decodeScriptNumber } from "./script-number.ts";
import { ScriptReader } from "./script-reader.ts";
import { checkSignatureEncoding } from "./signature-encoding.ts";
import { isUnspendable } from "./templates.ts";

/** What RPCs call the hash types. Core: mapSigHashTypes. */
const HASH_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0x01, "ALL"],
  [0x81, "ALL|ANYONECANPAY"],
  [0x02, "NONE"],
  [0x82, "NONE|ANYONECANPAY"],
  [0x03, "SINGLE"],
  [0x83, "SINGLE|ANYONECANPAY"],
]);

/** Longest push that is shown as a number. */
const MAX_NUMBER_LENGTH = 4;

/**
 * A script as people read it: short pushes as numbers, others as hex, opcodes by name. Where it ends
 * within a push, the text ends in "[error]". Core: ScriptToAsmStr.
 *
 * @param nameHashTypes show the last byte of what looks like a signature by its name; for input scripts
 */
export function scriptToAsm(script: Uint8Array, nameHashTypes = false): string {
  const words: string[] = [];
  const reader = new ScriptReader(script);
  const named = nameHashTypes && !isUnspendable(script);
  while (!reader.atEnd) {
    if (!reader.next()) {
      words.push("[error]");
      break;
    }
    if (reader.opcode > OP_PUSHDATA4) words.push(opcodeName(reader.opcode));
    else words.push(pushWord(reader.data(), named));
  }
  return words.join(" ");
}

function pushWord(data: Uint8Array, nameHashType: boolean): string {
  if (data.length <= MAX_NUMBER_LENGTH) return String(decodeScriptNumber(data, false));
  if (!nameHashType || checkSignatureEncoding(data, VERIFY_STRICTENC) !== null)
    return encodeHex(data);
  const name = HASH_TYPE_NAMES.get(data[data.length - 1] as number);
  return name === undefined ? encodeHex(data) : `${encodeHex(data.subarray(0, -1))}[${name}]`;
}
