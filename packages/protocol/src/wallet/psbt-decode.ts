import type { Input, Output, TransactionBody } from "../bitcoin/transaction.ts";
import { expandTransaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { decodeBase64 } from "../bytes/base64.ts";
import { equalBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import type { Psbt, PsbtInput, PsbtOutput } from "./psbt.ts";
import { type InputFrame, readPsbtInput } from "./psbt-decode-input.ts";
import { type OutputFrame, readPsbtOutput } from "./psbt-decode-output.ts";
import { type PsbtHead, readPsbtHead } from "./psbt-head.ts";
import { psbtLockTime } from "./psbt-lock-time.ts";

const MAGIC: Uint8Array = Uint8Array.of(0x70, 0x73, 0x62, 0x74, 0xff);
const SEQUENCE_FINAL = 0xffffffff;

/** A PSBT given as text. @throws DecodeError in Core's words. Core: DecodeBase64PSBT. */
export function parsePsbt(base64: string): Psbt {
  let bytes: Uint8Array;
  try {
    bytes = decodeBase64(base64);
  } catch (cause) {
    throw new DecodeError("invalid base64", { cause });
  }
  return decodePsbt(bytes);
}

/** Reads a PSBT of version 0 (BIP174) or 2 (BIP370). @throws DecodeError in Core's words */
export function decodePsbt(bytes: Uint8Array): Psbt {
  const reader = new Reader(bytes);
  if (!equalBytes(reader.take(Math.min(5, reader.left)), MAGIC))
    throw new DecodeError("Invalid PSBT magic bytes");
  const head = readPsbtHead(reader);
  const psbt = head.version === 2 ? readVersion2(reader, head) : readVersion0(reader, head);
  if (reader.left > 0) throw new DecodeError("extra data after PSBT");
  return psbt;
}

function readVersion0(reader: Reader, head: PsbtHead): Psbt {
  if (head.unsignedTx === null) throw new DecodeError("No unsigned transaction was provided");
  const tx = readUnsigned(head.unsignedTx);
  const inputs: PsbtInput[] = [];
  for (const { prevout } of tx.inputs) {
    requireMore(reader, "Inputs");
    const { input } = readPsbtInput(reader, 0);
    checkPrevious(input, prevout.txid, prevout.index);
    inputs.push(input);
  }
  const outputs: PsbtOutput[] = [];
  for (let i = 0; i < tx.outputs.length; i++) {
    requireMore(reader, "Outputs");
    outputs.push(readPsbtOutput(reader, 0).output);
  }
  return finish(head, tx, inputs, outputs);
}

function readVersion2(reader: Reader, head: PsbtHead): Psbt {
  const { txVersion, inputCount, outputCount } = head;
  if (txVersion === null || inputCount === null || outputCount === null)
    throw new DecodeError("PSBT version 2 needs transaction version, input and output count");
  const inputs: PsbtInput[] = [];
  const txInputs: Input[] = [];
  for (let i = 0; i < inputCount; i++) {
    requireMore(reader, "Inputs");
    const { input, frame } = readPsbtInput(reader, 2);
    const txInput = framedInput(frame);
    checkPrevious(input, txInput.prevout.txid, txInput.prevout.index);
    inputs.push(input);
    txInputs.push(txInput);
  }
  const outputs: PsbtOutput[] = [];
  const txOutputs: Output[] = [];
  for (let i = 0; i < outputCount; i++) {
    requireMore(reader, "Outputs");
    const { output, frame } = readPsbtOutput(reader, 2);
    outputs.push(output);
    txOutputs.push(framedOutput(frame));
  }
  const lockTime = psbtLockTime(inputs, head.fallbackLockTime);
  if (lockTime === null) throw new DecodeError("Inputs ask for lock times that exclude each other");
  const tx = { version: txVersion, inputs: txInputs, outputs: txOutputs, lockTime };
  return finish(head, tx, inputs, outputs);
}

function finish(
  head: PsbtHead,
  tx: TransactionBody,
  inputs: readonly PsbtInput[],
  outputs: readonly PsbtOutput[],
): Psbt {
  const { version, xpubs, fallbackLockTime, modifiable, proprietary, unknown } = head;
  return {
    version,
    tx,
    inputs,
    outputs,
    xpubs,
    fallbackLockTime,
    modifiable,
    proprietary,
    unknown,
  };
}

function readUnsigned(bytes: Uint8Array): TransactionBody {
  const tx = expandTransaction(parseUnsigned(bytes));
  if (tx.inputs.some(({ script }) => script.length > 0))
    throw new DecodeError("Unsigned tx does not have empty scriptSigs and scriptWitnesses.");
  const { version, inputs, outputs, lockTime } = tx;
  return { version, inputs, outputs, lockTime };
}

function parseUnsigned(bytes: Uint8Array): ReturnType<typeof parseTransaction> {
  try {
    return parseTransaction(bytes, false);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new DecodeError("Size of value was not the stated size", { cause });
  }
}

function requireMore(reader: Reader, what: "Inputs" | "Outputs"): void {
  if (reader.left > 0) return;
  const one = what.slice(0, -1).toLowerCase();
  throw new DecodeError(`${what} provided does not match the number of ${one}s in transaction.`);
}

/** The previous transaction must be the one that is spent: it says what amount is signed. */
function checkPrevious({ nonWitnessUtxo }: PsbtInput, txid: Uint8Array, index: number): void {
  if (nonWitnessUtxo === null) return;
  if (!equalBytes(nonWitnessUtxo.txid, txid))
    throw new DecodeError("Non-witness UTXO does not match outpoint hash");
  if (index >= nonWitnessUtxo.outputs.length)
    throw new DecodeError("Input specifies output index that does not exist");
}

function framedInput({ previousTxid, outputIndex, sequence }: InputFrame): Input {
  if (previousTxid === null || outputIndex === null)
    throw new DecodeError("Input of PSBT version 2 needs previous txid and output index");
  return {
    prevout: { txid: previousTxid, index: outputIndex },
    script: new Uint8Array(0),
    sequence: sequence ?? SEQUENCE_FINAL,
    witness: [],
  };
}

function framedOutput({ amount, script }: OutputFrame): Output {
  if (amount === null || script === null)
    throw new DecodeError("Output of PSBT version 2 needs amount and script");
  return { value: amount, script };
}
