import type { Sats } from "../bitcoin/amount.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { compactSizeLength } from "../bytes/writer.ts";
import { isUnspendable, witnessProgram } from "../script/templates.ts";
import { feeAt } from "./fee-rate.ts";

/** Outpoint, script length, sequence and a signature with a public key, which a witness has at a quarter. */
const LEGACY_SPEND_SIZE = 32 + 4 + 1 + 107 + 4;
const WITNESS_SPEND_SIZE = 32 + 4 + 1 + 26 + 4;

/**
 * Least value that an output with this script is worth spending for at `dustRate` (satoshis per 1000
 * virtual bytes): 546 for P2PKH and 294 for P2WPKH at the default of 3000. Core: GetDustThreshold.
 */
export function dustThreshold(script: Uint8Array, dustRate: Sats): Sats {
  if (isUnspendable(script)) return 0;
  const outputSize = 8 + compactSizeLength(script.length) + script.length;
  const spendSize = witnessProgram(script) === null ? LEGACY_SPEND_SIZE : WITNESS_SPEND_SIZE;
  return feeAt(dustRate, outputSize + spendSize);
}

/** Numbers of the outputs below their dust threshold. Core: GetDust. */
export function dustOutputs(tx: TransactionView, dustRate: Sats): number[] {
  const dust: number[] = [];
  for (let i = 0; i < tx.outputCount; i++)
    if (tx.outputValue(i) < dustThreshold(tx.outputScript(i), dustRate)) dust.push(i);
  return dust;
}
