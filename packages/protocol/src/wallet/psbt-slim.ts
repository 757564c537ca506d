import { SIGHASH_ANYONECANPAY } from "../script/signature-hash-type.ts";
import { witnessProgram } from "../script/templates.ts";
import type { Psbt, PsbtInput } from "./psbt.ts";

/**
 * Leaves out whole previous transactions where every signature covers the amounts of all inputs: all
 * inputs are taproot or later, none lets others add inputs. Core: RemoveUnnecessaryTransactions.
 */
export function dropNeedlessTransactions(psbt: Psbt): Psbt {
  if (!psbt.inputs.every(coversAllAmounts)) return psbt;
  const inputs = psbt.inputs.map((input) => ({ ...input, nonWitnessUtxo: null }));
  return { ...psbt, inputs };
}

function coversAllAmounts({ witnessUtxo, sighashType }: PsbtInput): boolean {
  const program = witnessUtxo && witnessProgram(witnessUtxo.script);
  if (program === null || program.version === 0) return false;
  return ((sighashType ?? 0) & SIGHASH_ANYONECANPAY) === 0;
}
