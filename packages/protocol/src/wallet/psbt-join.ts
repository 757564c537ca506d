import type { Input, OutPoint, Output } from "../bitcoin/transaction.ts";
import { encodeHex } from "../bytes/hex.ts";
import type { Psbt, PsbtInput, PsbtOutput } from "./psbt.ts";
import { joinEntries, RECORDS, XPUBS } from "./psbt-order.ts";

/** A joined PSBT, or the outpoint that two of them spend. */
export type JoinedPsbt =
  | { readonly psbt: Psbt; readonly twice: null }
  | { readonly psbt: null; readonly twice: OutPoint };

/**
 * One PSBT with the inputs and outputs of all, in a new order; signatures are left out, as they were of
 * other transactions. Core: joinpsbts.
 *
 * @param psbts of version 0
 * @param order an order of the numbers below its argument, by chance
 */
export function joinPsbts(
  psbts: readonly Psbt[],
  order: (count: number) => readonly number[],
): JoinedPsbt {
  const inputs: [Input, PsbtInput][] = [];
  const outputs: [Output, PsbtOutput][] = [];
  const spent = new Set<string>();
  for (const { tx, inputs: known, outputs: knownOutputs } of psbts) {
    for (const [i, input] of tx.inputs.entries()) {
      const key = `${encodeHex(input.prevout.txid)}:${input.prevout.index}`;
      if (spent.has(key)) return { psbt: null, twice: input.prevout };
      spent.add(key);
      inputs.push([input, withoutSignatures(known[i] as PsbtInput)]);
    }
    for (const [i, output] of tx.outputs.entries())
      outputs.push([output, knownOutputs[i] as PsbtOutput]);
  }
  const newInputs = order(inputs.length).map((i) => inputs[i] as [Input, PsbtInput]);
  const newOutputs = order(outputs.length).map((i) => outputs[i] as [Output, PsbtOutput]);
  const psbt: Psbt = {
    version: 0,
    tx: {
      version: psbts.reduce((most, { tx }) => Math.max(most, tx.version), 1),
      inputs: newInputs.map(([input]) => input),
      outputs: newOutputs.map(([output]) => output),
      lockTime: psbts.reduce((least, { tx }) => Math.min(least, tx.lockTime), 0xffffffff),
    },
    inputs: newInputs.map(([, known]) => known),
    outputs: newOutputs.map(([, known]) => known),
    xpubs: psbts.reduce((all: Psbt["xpubs"], each) => joinEntries(XPUBS, all, each.xpubs), []),
    fallbackLockTime: null,
    modifiable: null,
    proprietary: [],
    unknown: psbts.reduce(
      (all: Psbt["unknown"], each) => joinEntries(RECORDS, all, each.unknown),
      [],
    ),
  };
  return { psbt, twice: null };
}

function withoutSignatures(input: PsbtInput): PsbtInput {
  return {
    ...input,
    partialSignatures: [],
    tapKeySignature: null,
    tapScriptSignatures: [],
    finalScript: null,
    finalWitness: null,
    requiredTime: null,
    requiredHeight: null,
  };
}
