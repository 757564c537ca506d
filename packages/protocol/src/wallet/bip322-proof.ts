import {
  decodeTransaction,
  type Input,
  type Output,
  type TransactionBody,
} from "../bitcoin/transaction.ts";
import { decodeBase64 } from "../bytes/base64.ts";
import { equalBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { isPayToScriptHash, isWitnessProgram } from "../script/templates.ts";
import { proofTransaction } from "./bip322-transactions.ts";
import type { Psbt, PsbtInput } from "./psbt.ts";
import { decodePsbt } from "./psbt-decode.ts";
import { extractTransaction } from "./psbt-finalize.ts";

/** A decoded signature: `to_sign`, and what its inputs besides the first say that they spend. */
export interface MessageProof {
  readonly variant: "simple" | "full" | "funds";
  readonly toSign: TransactionBody;
  /** Of inputs 1 and on. */
  readonly coins: readonly Output[];
}

/** More items than any script takes. */
const MAX_WITNESS_ITEMS = 10_000;

/**
 * Decodes what BIP322 calls a signature. One without prefix is read as the simple variant.
 *
 * @param toSpend the transaction that it must spend
 * @throws DecodeError when it is none
 */
export function decodeProof(signature: string, toSpend: TransactionBody): MessageProof {
  const prefix = signature.slice(0, 3);
  if (prefix === "ful") return fullProof(base64(signature.slice(3)));
  if (prefix === "pof") return fundsProof(base64(signature.slice(3)));
  const witness = witnessStack(base64(prefix === "smp" ? signature.slice(3) : signature));
  const unsigned = proofTransaction(toSpend);
  const inputs = unsigned.inputs.map((input) => ({ ...input, witness }));
  return { variant: "simple", toSign: { ...unsigned, inputs }, coins: [] };
}

function base64(text: string): Uint8Array {
  if (text === "") throw new DecodeError("signature too short");
  try {
    return decodeBase64(text);
  } catch (cause) {
    throw new DecodeError("error decoding signature as base64", { cause });
  }
}

function fullProof(bytes: Uint8Array): MessageProof {
  try {
    return { variant: "full", toSign: decodeTransaction(bytes), coins: [] };
  } catch (cause) {
    throw new DecodeError("error parsing signature as full variant", { cause });
  }
}

function fundsProof(bytes: Uint8Array): MessageProof {
  try {
    const psbt = decodePsbt(bytes);
    const coins = psbt.inputs.slice(1).map((_, i) => fundsCoin(psbt, i + 1));
    return { variant: "funds", toSign: extractTransaction(psbt), coins };
  } catch (cause) {
    throw new DecodeError("error parsing signature as proof of funds variant", { cause });
  }
}

/**
 * What an input says that it spends. The transaction that made it may stand at an earlier input alone,
 * when both spend from it. An amount that is merely said is only as good as the signature over it.
 */
function fundsCoin(psbt: Psbt, index: number): Output {
  const { prevout } = psbt.tx.inputs[index] as Input;
  const own = psbt.inputs[index] as PsbtInput;
  const shared = psbt.inputs.find(
    ({ nonWitnessUtxo }) => nonWitnessUtxo && equalBytes(nonWitnessUtxo.txid, prevout.txid),
  );
  const coin = shared?.nonWitnessUtxo?.outputs[prevout.index] ?? own.witnessUtxo;
  if (coin === null) throw new DecodeError(`input ${index} does not tell what it spends`);
  if (shared === undefined && !isWitness(coin.script, own.finalScript))
    throw new DecodeError(`input ${index} needs the transaction that it spends from`);
  return coin;
}

/** Whether the signature of an input covers the amount, so that a lie about it would break it. */
function isWitness(script: Uint8Array, finalScript: Uint8Array | null): boolean {
  return isWitnessProgram(script) || (isPayToScriptHash(script) && isNestedWitness(finalScript));
}

function isNestedWitness(finalScript: Uint8Array | null): boolean {
  return finalScript !== null && isWitnessProgram(finalScript.subarray(1));
}

function witnessStack(bytes: Uint8Array): Uint8Array[] {
  try {
    const reader = new Reader(bytes);
    const count = reader.compactSize();
    if (count > MAX_WITNESS_ITEMS) throw new DecodeError("too many items");
    const items: Uint8Array[] = [];
    for (let i = 0; i < count; i++) items.push(reader.varBytes());
    reader.end();
    return items;
  } catch (cause) {
    throw new DecodeError("error parsing signature as simple variant", { cause });
  }
}
