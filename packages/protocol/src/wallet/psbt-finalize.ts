import { encodeTransaction, expandTransaction, type Transaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import type { Psbt, PsbtInput } from "./psbt.ts";
import { psbtContext } from "./psbt-coins.ts";
import { KnownKeys } from "./psbt-known-keys.ts";
import { isSignedWell, signPsbtInput } from "./psbt-sign-input.ts";

export interface FinalizedPsbt {
  readonly psbt: Psbt;
  /** Every input is final and valid. */
  readonly complete: boolean;
}

/** Turns the signatures of inputs that have all they need into scripts and witnesses. Core: FinalizePSBT. */
export function finalizePsbt(psbt: Psbt): FinalizedPsbt {
  const context = psbtContext(psbt);
  const inputs = psbt.inputs.map((input, i) => {
    const sighash = input.sighashType ?? undefined;
    return signPsbtInput(psbt, i, context, KnownKeys.none(), { sighash, finalize: true }).input;
  });
  const finalized = { ...psbt, inputs };
  const complete = inputs.every((_, i) => isSignedWell(finalized, i, context));
  return { psbt: finalized, complete };
}

/** The transaction with the final scripts and witnesses; whether all inputs are final is the caller's to know. */
export function extractTransaction(psbt: Psbt): Transaction {
  const inputs = psbt.tx.inputs.map((input, i) => {
    const { finalScript, finalWitness } = psbt.inputs[i] as PsbtInput;
    return { ...input, script: finalScript ?? new Uint8Array(0), witness: finalWitness ?? [] };
  });
  const bytes = encodeTransaction({ ...psbt.tx, inputs });
  // Without inputs the count of outputs would be taken for the mark of a witness.
  return expandTransaction(parseTransaction(bytes, inputs.length > 0));
}
