import { encodeTransaction } from "../bitcoin/transaction.ts";
import { transactionId } from "../bitcoin/transaction-id.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { equalBytes } from "../bytes/compare.ts";
import type { Psbt, PsbtInput, PsbtOutput } from "./psbt.ts";
import {
  DERIVATIONS,
  joinEntries,
  PARTIAL_SIGNATURES,
  PREIMAGES,
  RECORDS,
  TAP_DERIVATIONS,
  TAP_LEAF_SCRIPTS,
  TAP_SCRIPT_SIGNATURES,
  XPUBS,
} from "./psbt-order.ts";

/**
 * One PSBT with what all of them know of the same transaction; where two tell different things, the
 * first counts. Null when they are not of one transaction. Core: CombinePSBTs.
 */
export function combinePsbts(psbts: readonly Psbt[]): Psbt | null {
  const [first, ...others] = psbts;
  if (first === undefined) return null;
  let combined = first;
  for (const psbt of others) {
    if (!isSameTransaction(combined, psbt)) return null;
    combined = combineTwo(combined, psbt);
  }
  return combined;
}

/** Id of the transaction that a PSBT is about; sequences of version 2 may still change (BIP370). */
function psbtId({ version, tx }: Psbt): Uint8Array {
  const inputs = version === 2 ? tx.inputs.map((input) => ({ ...input, sequence: 0 })) : tx.inputs;
  return transactionId(parseTransaction(encodeTransaction({ ...tx, inputs }), false));
}

function isSameTransaction(a: Psbt, b: Psbt): boolean {
  return a.version === b.version && equalBytes(psbtId(a), psbtId(b));
}

function combineTwo(a: Psbt, b: Psbt): Psbt {
  return {
    ...a,
    inputs: a.inputs.map((input, i) => combineInputs(input, b.inputs[i] as PsbtInput)),
    outputs: a.outputs.map((output, i) => combineOutputs(output, b.outputs[i] as PsbtOutput)),
    xpubs: joinEntries(XPUBS, a.xpubs, b.xpubs),
    modifiable: combineModifiable(a.modifiable, b.modifiable),
    proprietary: joinEntries(RECORDS, a.proprietary, b.proprietary),
    unknown: joinEntries(RECORDS, a.unknown, b.unknown),
  };
}

const HAS_SIGHASH_SINGLE = 4;

/** What one signer has closed stays closed; the mark of SIGHASH_SINGLE stays set. */
function combineModifiable(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null;
  return (a & b & ~HAS_SIGHASH_SINGLE) | ((a | b) & HAS_SIGHASH_SINGLE);
}

function combineInputs(a: PsbtInput, b: PsbtInput): PsbtInput {
  return {
    nonWitnessUtxo: a.nonWitnessUtxo ?? b.nonWitnessUtxo,
    witnessUtxo: a.witnessUtxo ?? b.witnessUtxo,
    partialSignatures: joinEntries(PARTIAL_SIGNATURES, a.partialSignatures, b.partialSignatures),
    sighashType: a.sighashType ?? b.sighashType,
    redeemScript: a.redeemScript ?? b.redeemScript,
    witnessScript: a.witnessScript ?? b.witnessScript,
    derivations: joinEntries(DERIVATIONS, a.derivations, b.derivations),
    preimages: joinEntries(PREIMAGES, a.preimages, b.preimages),
    tapKeySignature: a.tapKeySignature ?? b.tapKeySignature,
    tapScriptSignatures: joinEntries(
      TAP_SCRIPT_SIGNATURES,
      a.tapScriptSignatures,
      b.tapScriptSignatures,
    ),
    tapLeafScripts: joinEntries(TAP_LEAF_SCRIPTS, a.tapLeafScripts, b.tapLeafScripts),
    tapDerivations: joinEntries(TAP_DERIVATIONS, a.tapDerivations, b.tapDerivations),
    tapInternalKey: a.tapInternalKey ?? b.tapInternalKey,
    tapMerkleRoot: a.tapMerkleRoot ?? b.tapMerkleRoot,
    musig: joinEntries(RECORDS, a.musig, b.musig),
    finalScript: a.finalScript ?? b.finalScript,
    finalWitness: a.finalWitness ?? b.finalWitness,
    requiredTime: a.requiredTime ?? b.requiredTime,
    requiredHeight: a.requiredHeight ?? b.requiredHeight,
    proprietary: joinEntries(RECORDS, a.proprietary, b.proprietary),
    unknown: joinEntries(RECORDS, a.unknown, b.unknown),
  };
}

function combineOutputs(a: PsbtOutput, b: PsbtOutput): PsbtOutput {
  return {
    redeemScript: a.redeemScript ?? b.redeemScript,
    witnessScript: a.witnessScript ?? b.witnessScript,
    derivations: joinEntries(DERIVATIONS, a.derivations, b.derivations),
    tapInternalKey: a.tapInternalKey ?? b.tapInternalKey,
    tapTree: a.tapTree.length > 0 ? a.tapTree : b.tapTree,
    tapDerivations: joinEntries(TAP_DERIVATIONS, a.tapDerivations, b.tapDerivations),
    musig: joinEntries(RECORDS, a.musig, b.musig),
    proprietary: joinEntries(RECORDS, a.proprietary, b.proprietary),
    unknown: joinEntries(RECORDS, a.unknown, b.unknown),
  };
}
