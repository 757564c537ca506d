import {
  OUTPUT_BITS,
  SIGHASH_ANYONECANPAY,
  SIGHASH_NONE,
  SIGHASH_SINGLE,
} from "../script/signature-hash-type.ts";
import type { Psbt, PsbtInput } from "./psbt.ts";

// BIP370: PSBT_GLOBAL_TX_MODIFIABLE
const INPUTS_MODIFIABLE = 1;
const OUTPUTS_MODIFIABLE = 2;
const HAS_SIGHASH_SINGLE = 4;

/** What may still be added to a version 2 PSBT once its inputs became `inputs` by signing (BIP370). */
export function afterSigning(psbt: Psbt, inputs: readonly PsbtInput[]): number | null {
  let { modifiable } = psbt;
  if (modifiable === null) return null;
  for (const [i, input] of inputs.entries()) {
    if (signatureCount(input) === signatureCount(psbt.inputs[i] as PsbtInput)) continue;
    const type = input.sighashType ?? 0;
    const outputs = type & OUTPUT_BITS;
    if ((type & SIGHASH_ANYONECANPAY) === 0) modifiable &= ~INPUTS_MODIFIABLE;
    if (outputs !== SIGHASH_NONE) modifiable &= ~OUTPUTS_MODIFIABLE;
    if (outputs === SIGHASH_SINGLE) modifiable |= HAS_SIGHASH_SINGLE;
  }
  return modifiable;
}

/** An input that is final counts as one with more signatures than any other. */
function signatureCount(input: PsbtInput): number {
  if (input.finalScript !== null || input.finalWitness !== null) return Number.POSITIVE_INFINITY;
  const byKey = input.tapKeySignature === null ? 0 : 1;
  return byKey + input.partialSignatures.length + input.tapScriptSignatures.length;
}
