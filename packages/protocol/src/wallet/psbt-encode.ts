import { encodeTransaction, type Input } from "../bitcoin/transaction.ts";
import { encodeBase64 } from "../bytes/base64.ts";
import { Writer } from "../bytes/writer.ts";
import type { PreimageKind, Psbt, PsbtInput, PsbtOutput } from "./psbt.ts";
import * as field from "./psbt-field.ts";
import { encodeOrigin, encodeTapDerivation } from "./psbt-origin.ts";
import { writeRecord, writeRecords } from "./psbt-record.ts";

const MAGIC: Uint8Array = Uint8Array.of(0x70, 0x73, 0x62, 0x74, 0xff);
const NO_DATA: Uint8Array = new Uint8Array(0);
const SEPARATOR = 0;

const PREIMAGE_TYPES: Readonly<Record<PreimageKind, number>> = {
  ripemd160: field.IN_RIPEMD160,
  sha256: field.IN_SHA256,
  hash160: field.IN_HASH160,
  hash256: field.IN_HASH256,
};

/** A PSBT as text, the form in which people pass it on. */
export function formatPsbt(psbt: Psbt): string {
  return encodeBase64(encodePsbt(psbt));
}

/** Bytes of a PSBT, its fields in Core's order. A final input loses what only led there (BIP174). */
export function encodePsbt(psbt: Psbt): Uint8Array {
  const writer = new Writer(1024).raw(MAGIC);
  writeHead(writer, psbt);
  for (const [i, input] of psbt.inputs.entries()) {
    if (psbt.version === 2) writeInputFrame(writer, psbt.tx.inputs[i] as Input, input);
    writeInput(writer, input);
  }
  for (const [i, output] of psbt.outputs.entries()) {
    const { value, script } = psbt.tx.outputs[i] as { value: number; script: Uint8Array };
    if (psbt.version === 2) {
      put(writer, field.OUT_AMOUNT, new Writer(8).u64(value).finish());
      put(writer, field.OUT_SCRIPT, script);
    }
    writeOutput(writer, output);
  }
  return writer.finish();
}

function writeHead(writer: Writer, psbt: Psbt): void {
  if (psbt.version === 0) put(writer, field.GLOBAL_UNSIGNED_TX, encodeTransaction(psbt.tx));
  for (const { xpub, origin } of psbt.xpubs)
    writeRecord(writer, field.GLOBAL_XPUB, xpub, encodeOrigin(origin));
  if (psbt.version === 2) writeHead2(writer, psbt);
  writeRecords(writer, psbt.proprietary);
  writeRecords(writer, psbt.unknown);
  writer.u8(SEPARATOR);
}

function writeHead2(writer: Writer, psbt: Psbt): void {
  put(writer, field.GLOBAL_TX_VERSION, u32(psbt.tx.version));
  putU32(writer, field.GLOBAL_FALLBACK_LOCKTIME, psbt.fallbackLockTime);
  put(writer, field.GLOBAL_INPUT_COUNT, compactSize(psbt.inputs.length));
  put(writer, field.GLOBAL_OUTPUT_COUNT, compactSize(psbt.outputs.length));
  if (psbt.modifiable !== null)
    put(writer, field.GLOBAL_TX_MODIFIABLE, Uint8Array.of(psbt.modifiable));
  put(writer, field.GLOBAL_VERSION, u32(2));
}

function writeInputFrame(writer: Writer, { prevout, sequence }: Input, input: PsbtInput): void {
  put(writer, field.IN_PREVIOUS_TXID, prevout.txid);
  put(writer, field.IN_OUTPUT_INDEX, u32(prevout.index));
  put(writer, field.IN_SEQUENCE, u32(sequence));
  putU32(writer, field.IN_REQUIRED_TIME, input.requiredTime);
  putU32(writer, field.IN_REQUIRED_HEIGHT, input.requiredHeight);
}

function writeInput(writer: Writer, input: PsbtInput): void {
  const { nonWitnessUtxo, witnessUtxo, finalScript, finalWitness } = input;
  if (nonWitnessUtxo !== null) {
    const inputs = nonWitnessUtxo.inputs.map((spent) => ({ ...spent, witness: [] }));
    put(writer, field.IN_NON_WITNESS_UTXO, encodeTransaction({ ...nonWitnessUtxo, inputs }));
  }
  if (witnessUtxo !== null) {
    const { value, script } = witnessUtxo;
    put(writer, field.IN_WITNESS_UTXO, new Writer(64).u64(value).varBytes(script).finish());
  }
  if (finalScript === null && finalWitness === null) {
    writeToSign(writer, input);
    writeTaproot(writer, input);
    writeRecords(writer, input.musig);
  }
  putBytes(writer, field.IN_FINAL_SCRIPT, finalScript);
  if (finalWitness !== null) put(writer, field.IN_FINAL_WITNESS, witnessBytes(finalWitness));
  writeRecords(writer, input.proprietary);
  writeRecords(writer, input.unknown);
  writer.u8(SEPARATOR);
}

function writeToSign(writer: Writer, input: PsbtInput): void {
  for (const { publicKey, signature } of input.partialSignatures)
    writeRecord(writer, field.IN_PARTIAL_SIG, publicKey, signature);
  putU32(writer, field.IN_SIGHASH, input.sighashType);
  putBytes(writer, field.IN_REDEEM_SCRIPT, input.redeemScript);
  putBytes(writer, field.IN_WITNESS_SCRIPT, input.witnessScript);
  for (const { publicKey, origin } of input.derivations)
    writeRecord(writer, field.IN_BIP32_DERIVATION, publicKey, encodeOrigin(origin));
  for (const { kind, hash, preimage } of input.preimages)
    writeRecord(writer, PREIMAGE_TYPES[kind], hash, preimage);
}

function writeTaproot(writer: Writer, input: PsbtInput): void {
  putBytes(writer, field.IN_TAP_KEY_SIG, input.tapKeySignature);
  for (const { publicKey, leafHash, signature } of input.tapScriptSignatures) {
    const data = new Writer(64).raw(publicKey).raw(leafHash).finish();
    writeRecord(writer, field.IN_TAP_SCRIPT_SIG, data, signature);
  }
  for (const { controlBlock, script, version } of input.tapLeafScripts) {
    const value = new Writer(script.length + 1).raw(script).u8(version).finish();
    writeRecord(writer, field.IN_TAP_LEAF_SCRIPT, controlBlock, value);
  }
  for (const derivation of input.tapDerivations) {
    const value = encodeTapDerivation(derivation);
    writeRecord(writer, field.IN_TAP_BIP32_DERIVATION, derivation.publicKey, value);
  }
  putBytes(writer, field.IN_TAP_INTERNAL_KEY, input.tapInternalKey);
  putBytes(writer, field.IN_TAP_MERKLE_ROOT, input.tapMerkleRoot);
}

function writeOutput(writer: Writer, output: PsbtOutput): void {
  putBytes(writer, field.OUT_REDEEM_SCRIPT, output.redeemScript);
  putBytes(writer, field.OUT_WITNESS_SCRIPT, output.witnessScript);
  for (const { publicKey, origin } of output.derivations)
    writeRecord(writer, field.OUT_BIP32_DERIVATION, publicKey, encodeOrigin(origin));
  writeRecords(writer, output.proprietary);
  putBytes(writer, field.OUT_TAP_INTERNAL_KEY, output.tapInternalKey);
  if (output.tapTree.length > 0) {
    const tree = new Writer(64);
    for (const { depth, version, script } of output.tapTree)
      tree.u8(depth).u8(version).varBytes(script);
    put(writer, field.OUT_TAP_TREE, tree.finish());
  }
  for (const derivation of output.tapDerivations) {
    const value = encodeTapDerivation(derivation);
    writeRecord(writer, field.OUT_TAP_BIP32_DERIVATION, derivation.publicKey, value);
  }
  writeRecords(writer, output.musig);
  writeRecords(writer, output.unknown);
  writer.u8(SEPARATOR);
}

function put(writer: Writer, type: number, value: Uint8Array): void {
  writeRecord(writer, type, NO_DATA, value);
}

function putBytes(writer: Writer, type: number, value: Uint8Array | null): void {
  if (value !== null) put(writer, type, value);
}

function putU32(writer: Writer, type: number, value: number | null): void {
  if (value !== null) put(writer, type, u32(value));
}

function u32(value: number): Uint8Array {
  return new Writer(4).u32(value).finish();
}

function compactSize(value: number): Uint8Array {
  return new Writer(9).compactSize(value).finish();
}

function witnessBytes(witness: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer(256).compactSize(witness.length);
  for (const item of witness) writer.varBytes(item);
  return writer.finish();
}
