import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { spendsWitnessProgram } from "@compeer/protocol/policy/check-standard-witness";
import { STANDARD_FLAGS } from "@compeer/protocol/script/flags";
import { type ScriptError, scriptErrorText } from "@compeer/protocol/script/script-error";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { verifyInput } from "@compeer/protocol/script/verify-input";
import type { MempoolEntry } from "./mempool-entry.ts";
import { type MempoolFault, mempoolFault } from "./mempool-fault.ts";

/**
 * Runs the scripts of a candidate under the rules of relay, then under those of the next block where
 * these ask for more. Call it last: it is what costs. Core: PolicyScriptChecks, ConsensusScriptChecks.
 */
export function checkScripts(
  entry: MempoolEntry,
  coins: SpentCoins,
  blockFlags: number,
): MempoolFault | null {
  const { tx } = entry;
  const context = new TransactionContext(tx, coins, signatureBackend());
  const refused = firstError(context, STANDARD_FLAGS);
  if (refused !== null) {
    const reason = `mempool-script-verify-flag-failed (${scriptErrorText(refused.error)})`;
    // Without its witness it had to fail; the same txid may still be good.
    const stripped = !tx.hasWitness && spendsWitnessProgram(tx, coins);
    const kind = stripped ? "witness-stripped" : "not-standard";
    return mempoolFault(kind, reason, whichInput(entry, refused.input));
  }
  // Each flag only forbids: what passes with all of a block's flags set passes the block.
  if ((blockFlags & ~STANDARD_FLAGS) === 0) return null;
  const invalid = firstError(context, blockFlags);
  if (invalid === null) return null;
  const reason = `block-script-verify-flag-failed (${scriptErrorText(invalid.error)})`;
  return mempoolFault("consensus", reason, whichInput(entry, invalid.input));
}

function firstError(
  context: TransactionContext,
  flags: number,
): { readonly input: number; readonly error: ScriptError } | null {
  const { inputCount }: TransactionView = context.tx;
  for (let input = 0; input < inputCount; input++) {
    const error = verifyInput(context, input, flags);
    if (error !== null) return { input, error };
  }
  return null;
}

function whichInput({ tx, txid, wtxid }: MempoolEntry, input: number): string {
  const names = `${formatHash(txid)} (wtxid ${formatHash(wtxid)})`;
  const spent = `${formatHash(tx.prevTxid(input))}:${tx.prevIndex(input)}`;
  return `input ${input} of ${names}, spending ${spent}`;
}
