import {
  finishTransaction,
  type Input,
  type OutPoint,
  type Output,
  type Transaction,
} from "../bitcoin/transaction.ts";
import { encodeBase64 } from "../bytes/base64.ts";
import { Writer } from "../bytes/writer.ts";
import { isWitnessProgram } from "../script/templates.ts";
import { messageTransaction, proofTransaction } from "./bip322-transactions.ts";
import { createPsbt, EMPTY_PSBT_INPUT, type PsbtInput } from "./psbt.ts";
import { encodePsbt } from "./psbt-encode.ts";
import { extractTransaction } from "./psbt-finalize.ts";
import { type PsbtSigningProvider, signPsbt } from "./psbt-sign.ts";

/** A coin whose control is to be shown. */
export interface ProofCoin {
  readonly outpoint: OutPoint;
  /** The transaction that made it. */
  readonly transaction: Transaction;
}

/**
 * Signs a message by whoever can spend `script`, and shows control of coins on the way (BIP322).
 *
 * @returns the signature in the shortest variant that can say it; null when keys are missing
 */
export function signProof(
  script: Uint8Array,
  message: string,
  provider: PsbtSigningProvider,
  coins: readonly ProofCoin[] = [],
): string | null {
  const toSpend = finishTransaction(messageTransaction(script, message));
  const toSign = proofTransaction(toSpend);
  const funds = coins.map(({ outpoint }): Input => {
    return { prevout: outpoint, script: new Uint8Array(0), sequence: 0, witness: [] };
  });
  const first = { outpoint: { txid: toSpend.txid, index: 0 }, transaction: toSpend };
  const psbt = {
    ...createPsbt({ ...toSign, inputs: [...toSign.inputs, ...funds] }),
    inputs: [first, ...coins].map(inputOf),
  };
  const options = { sign: true, bip32derivs: false, finalize: true };
  const signed = signPsbt(psbt, provider, options);
  if (!signed.complete) return null;
  if (coins.length > 0) return `pof${encodeBase64(encodePsbt(signed.psbt))}`;
  const final = extractTransaction(signed.psbt);
  if (!isWitnessProgram(script)) return `ful${encodeBase64(final.raw)}`;
  return `smp${encodeBase64(witnessStack((final.inputs[0] as Input).witness))}`;
}

function inputOf({ outpoint, transaction }: ProofCoin): PsbtInput {
  const witnessUtxo = transaction.outputs[outpoint.index] as Output;
  return { ...EMPTY_PSBT_INPUT, nonWitnessUtxo: transaction, witnessUtxo };
}

function witnessStack(items: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer().compactSize(items.length);
  for (const item of items) writer.varBytes(item);
  return writer.finish();
}
