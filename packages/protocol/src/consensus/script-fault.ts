import { transactionId, witnessTransactionId } from "../bitcoin/transaction-id.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { formatHash } from "../bytes/hash.ts";
import { type ScriptError, scriptErrorText } from "../script/script-error.ts";
import { type BlockFault, blockFault } from "./fault.ts";

/** The fault of a block in which a script of `tx` fails. Core: CheckInputScripts. */
export function scriptFault(tx: TransactionView, input: number, error: ScriptError): BlockFault {
  return blockFault(
    "consensus",
    `block-script-verify-flag-failed (${scriptErrorText(error)})`,
    inputDetail(tx, input),
  );
}

/** Which input failed, and what it spends, as Core's debug message has it. */
function inputDetail(tx: TransactionView, input: number): string {
  const txid = formatHash(transactionId(tx));
  const wtxid = formatHash(witnessTransactionId(tx));
  const spent = `${formatHash(tx.prevTxid(input))}:${tx.prevIndex(input)}`;
  return `input ${input} of ${txid} (wtxid ${wtxid}), spending ${spent}`;
}
