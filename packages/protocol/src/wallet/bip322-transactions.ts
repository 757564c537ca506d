import type { Input, Output, TransactionBody } from "../bitcoin/transaction.ts";
import { finishTransaction } from "../bitcoin/transaction.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import { taggedHash } from "../crypto/tagged-hash.ts";
import { scriptOf } from "../script/build-script.ts";
import { OP_0, OP_RETURN } from "../script/opcodes.ts";

const EMPTY: Uint8Array = new Uint8Array(0);

/** The one output of every `to_sign`. */
export const PROOF_OUTPUT: Output = { value: 0, script: scriptOf(OP_RETURN) };

/** BIP322's `to_spend`: its only output asks for the script of the address, its input holds the message. */
export function messageTransaction(script: Uint8Array, message: string): TransactionBody {
  const hash = taggedHash("BIP0322-signed-message", encodeUtf8(message));
  const prevout = { txid: new Uint8Array(32), index: 0xffffffff };
  const input: Input = { prevout, script: scriptOf(OP_0, hash), sequence: 0, witness: [] };
  return { version: 0, inputs: [input], outputs: [{ value: 0, script }], lockTime: 0 };
}

/** BIP322's `to_sign`, not signed yet: spends the output of `to_spend`. */
export function proofTransaction(toSpend: TransactionBody): TransactionBody {
  const prevout = { txid: finishTransaction(toSpend).txid, index: 0 };
  const input: Input = { prevout, script: EMPTY, sequence: 0, witness: [] };
  return { version: 0, inputs: [input], outputs: [PROOF_OUTPUT], lockTime: 0 };
}
