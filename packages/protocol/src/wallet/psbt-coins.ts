import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction, type Input, type Output } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { equalBytes } from "../bytes/compare.ts";
import { signatureBackend } from "../crypto/secp256k1.ts";
import { TransactionContext } from "../script/transaction-context.ts";
import type { Psbt, PsbtInput } from "./psbt.ts";

/**
 * The output that an input spends, as far as the PSBT tells: out of the transaction that made it, whose
 * id proves the amount, before what is merely said. Core: GetInputUTXO.
 */
export function psbtCoin(psbt: Psbt, index: number): Output | null {
  const { nonWitnessUtxo, witnessUtxo } = psbt.inputs[index] as PsbtInput;
  const { prevout } = psbt.tx.inputs[index] as Input;
  if (nonWitnessUtxo === null) return witnessUtxo;
  if (!equalBytes(nonWitnessUtxo.txid, prevout.txid)) return null;
  return nonWitnessUtxo.outputs[prevout.index] ?? null;
}

/** True when what is said of the spent output is not what the transaction that made it says. */
export function contradictsCoin(psbt: Psbt, index: number): boolean {
  const { nonWitnessUtxo, witnessUtxo } = psbt.inputs[index] as PsbtInput;
  if (nonWitnessUtxo === null || witnessUtxo === null) return false;
  const coin = psbtCoin(psbt, index);
  if (coin === null) return true;
  return coin.value !== witnessUtxo.value || !equalBytes(coin.script, witnessUtxo.script);
}

/** The transaction with the coins that are known; the others' rows are missing. */
export function psbtContext(psbt: Psbt): TransactionContext {
  const coins = new SpentCoins(psbt.inputs.length);
  for (let i = 0; i < psbt.inputs.length; i++) {
    const coin = psbtCoin(psbt, i);
    if (coin !== null) coins.setCoin(i, { ...coin, height: 1, coinbase: false });
  }
  const tx = parseTransaction(encodeTransaction(psbt.tx), false);
  return new TransactionContext(tx, coins, signatureBackend());
}

/** Whether every coin is known, which taproot signatures cover. */
export function hasAllCoins({ tx, coins }: TransactionContext): boolean {
  for (let i = 0; i < tx.inputCount; i++) if (coins.isMissing(tx.firstInput + i)) return false;
  return true;
}
