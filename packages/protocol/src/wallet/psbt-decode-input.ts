import { decodeTransaction } from "../bitcoin/transaction.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import type { Reader } from "../bytes/reader.ts";
import { isValidPublicKey } from "../crypto/keys.ts";
import { VERIFY_DERSIG, VERIFY_STRICTENC } from "../script/flags.ts";
import { checkSignatureEncoding } from "../script/signature-encoding.ts";
import {
  EMPTY_PSBT_INPUT,
  type PreimageKind,
  type PsbtInput,
  type PsbtPartialSignature,
  type PsbtRecord,
  type PsbtTapLeafScript,
} from "./psbt.ts";
import * as field from "./psbt-field.ts";
import {
  DERIVATIONS,
  PARTIAL_SIGNATURES,
  PREIMAGES,
  RECORDS,
  TAP_DERIVATIONS,
  TAP_LEAF_SCRIPTS,
  TAP_SCRIPT_SIGNATURES,
} from "./psbt-order.ts";
import { readDerivation, readTapDerivation } from "./psbt-origin.ts";
import { type PsbtField, readFields, readValue } from "./psbt-record.ts";

/** Version 2: what an input says of the transaction. */
export interface InputFrame {
  previousTxid: Uint8Array | null;
  outputIndex: number | null;
  sequence: number | null;
}

/** Least lock time that is a time and no height. */
const LOCKTIME_THRESHOLD = 500_000_000;
const PREIMAGE_KINDS: ReadonlyMap<number, PreimageKind> = new Map([
  [field.IN_RIPEMD160, "ripemd160"],
  [field.IN_SHA256, "sha256"],
  [field.IN_HASH160, "hash160"],
  [field.IN_HASH256, "hash256"],
]);
const PUBNONCE_LENGTH = 66;

/** An input being read: its lists grow. */
type Draft = {
  -readonly [K in keyof PsbtInput]: PsbtInput[K] extends readonly (infer T)[] ? T[] : PsbtInput[K];
};

/** Reads the map of an input. @throws DecodeError in Core's words */
export function readPsbtInput(
  reader: Reader,
  version: 0 | 2,
): { readonly input: PsbtInput; readonly frame: InputFrame } {
  const input = emptyDraft();
  const frame: InputFrame = { previousTxid: null, outputIndex: null, sequence: null };
  for (const record of readFields(reader, field.INPUT_RULES, "an input")) {
    if (isVersion2(record)) takeVersion2(input, frame, record, version);
    else if (record.type >= field.IN_TAP_KEY_SIG && record.type <= field.IN_TAP_MERKLE_ROOT)
      takeTaproot(input, record);
    else take(input, record);
  }
  return { input: sorted(input), frame };
}

function isVersion2({ type, data }: PsbtField): boolean {
  const isBetween = type >= field.IN_PREVIOUS_TXID && type <= field.IN_REQUIRED_HEIGHT;
  return isBetween && data.length === 0;
}

function emptyDraft(): Draft {
  return {
    ...EMPTY_PSBT_INPUT,
    partialSignatures: [],
    derivations: [],
    preimages: [],
    tapScriptSignatures: [],
    tapLeafScripts: [],
    tapDerivations: [],
    musig: [],
    proprietary: [],
    unknown: [],
  };
}

function take(input: Draft, record: PsbtField): void {
  const { type, data, value } = record;
  switch (type) {
    case field.IN_NON_WITNESS_UTXO:
      input.nonWitnessUtxo = readPreviousTransaction(value);
      break;
    case field.IN_WITNESS_UTXO:
      input.witnessUtxo = readValue(value, (reader) => ({
        value: reader.i64(),
        script: reader.varBytes(),
      }));
      break;
    case field.IN_PARTIAL_SIG:
      input.partialSignatures.push(readPartialSignature(data, value));
      break;
    case field.IN_SIGHASH:
      input.sighashType = readValue(value, (reader) => reader.i32());
      break;
    case field.IN_REDEEM_SCRIPT:
      input.redeemScript = orNull(value);
      break;
    case field.IN_WITNESS_SCRIPT:
      input.witnessScript = orNull(value);
      break;
    case field.IN_BIP32_DERIVATION:
      input.derivations.push(readDerivation(record));
      break;
    case field.IN_FINAL_SCRIPT:
      input.finalScript = orNull(value);
      break;
    case field.IN_FINAL_WITNESS:
      input.finalWitness = readFinalWitness(value);
      break;
    default:
      takeKeyed(input, record);
  }
}

function takeKeyed(input: Draft, record: PsbtField): void {
  const { type, data: hash, value: preimage, key } = record;
  const kind = PREIMAGE_KINDS.get(type);
  const kept: PsbtRecord = { key, value: preimage };
  if (kind !== undefined) input.preimages.push({ kind, hash, preimage });
  else if (type >= field.IN_MUSIG_PARTICIPANTS && type <= field.IN_MUSIG_PARTIAL_SIG) {
    checkMusig(record, "Input");
    input.musig.push(kept);
  } else if (type === field.PROPRIETARY) input.proprietary.push(kept);
  else input.unknown.push(kept);
}

function takeTaproot(input: Draft, record: PsbtField): void {
  const { type, data, value } = record;
  switch (type) {
    case field.IN_TAP_KEY_SIG:
      input.tapKeySignature = checkSchnorrLength(value, "key");
      break;
    case field.IN_TAP_SCRIPT_SIG: {
      const signature = checkSchnorrLength(value, "script");
      const entry = { publicKey: data.subarray(0, 32), leafHash: data.subarray(32), signature };
      input.tapScriptSignatures.push(entry);
      break;
    }
    case field.IN_TAP_LEAF_SCRIPT:
      input.tapLeafScripts.push(readLeafScript(data, value));
      break;
    case field.IN_TAP_BIP32_DERIVATION:
      input.tapDerivations.push(readTapDerivation(record, "Input"));
      break;
    case field.IN_TAP_INTERNAL_KEY:
      input.tapInternalKey = readValue(value, (reader) => reader.take(32));
      break;
    default:
      input.tapMerkleRoot = readValue(value, (reader) => reader.take(32));
  }
}

function takeVersion2(input: Draft, frame: InputFrame, record: PsbtField, version: 0 | 2): void {
  const { type, value } = record;
  if (version !== 2) throw new DecodeError("Input has a field of PSBT version 2");
  if (type === field.IN_PREVIOUS_TXID)
    frame.previousTxid = readValue(value, (reader) => reader.take(32));
  else {
    const number = readValue(value, (reader) => reader.u32());
    if (type === field.IN_OUTPUT_INDEX) frame.outputIndex = number;
    else if (type === field.IN_SEQUENCE) frame.sequence = number;
    else if (type === field.IN_REQUIRED_TIME) input.requiredTime = requiredTime(number);
    else input.requiredHeight = requiredHeight(number);
  }
}

function requiredTime(time: number): number {
  if (time < LOCKTIME_THRESHOLD)
    throw new DecodeError("Input required time locktime is below 500000000");
  return time;
}

function requiredHeight(height: number): number {
  if (height === 0 || height >= LOCKTIME_THRESHOLD)
    throw new DecodeError("Input required height locktime is not from 1 to 499999999");
  return height;
}

/** A script of no bytes is none. */
function orNull(script: Uint8Array): Uint8Array | null {
  return script.length === 0 ? null : script;
}

function readPreviousTransaction(value: Uint8Array): PsbtInput["nonWitnessUtxo"] {
  try {
    return decodeTransaction(value);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new DecodeError("Size of value was not the stated size", { cause });
  }
}

function readPartialSignature(publicKey: Uint8Array, signature: Uint8Array): PsbtPartialSignature {
  if (!isValidPublicKey(publicKey)) throw new DecodeError("Invalid pubkey");
  const fault = checkSignatureEncoding(signature, VERIFY_DERSIG | VERIFY_STRICTENC);
  if (signature.length === 0 || fault !== null)
    throw new DecodeError("Signature is not a valid encoding");
  return { publicKey, signature };
}

function readFinalWitness(value: Uint8Array): readonly Uint8Array[] | null {
  const witness = readValue(value, (reader) => {
    const count = reader.compactSize();
    if (count > reader.left) throw new DecodeError("end of data");
    return Array.from({ length: count }, () => reader.varBytes());
  });
  return witness.length === 0 ? null : witness;
}

function checkSchnorrLength(signature: Uint8Array, path: "key" | "script"): Uint8Array {
  const name = `Input Taproot ${path} path signature`;
  if (signature.length < 64) throw new DecodeError(`${name} is shorter than 64 bytes`);
  if (signature.length > 65) throw new DecodeError(`${name} is longer than 65 bytes`);
  return signature;
}

function readLeafScript(controlBlock: Uint8Array, value: Uint8Array): PsbtTapLeafScript {
  if (value.length === 0)
    throw new DecodeError("Input Taproot leaf script must be at least 1 byte");
  const end = value.length - 1;
  return { controlBlock, script: value.subarray(0, end), version: value[end] as number };
}

/** Form of a BIP373 value. @throws DecodeError */
export function checkMusig({ type, value }: PsbtField, place: "Input" | "Output"): void {
  if (place === "Input" && type === field.IN_MUSIG_NONCE) {
    if (value.length !== PUBNONCE_LENGTH)
      throw new DecodeError("Input musig2 pubnonce value is not 66 bytes");
  } else if (place === "Input" && type === field.IN_MUSIG_PARTIAL_SIG)
    readValue(value, (reader) => reader.take(32));
  else if (value.length % 33 !== 0)
    throw new DecodeError(
      `${place} musig2 participants pubkeys value size is not a multiple of 33`,
    );
}

/** Order of the lists; the ids were told apart when the keys were read. */
function sorted(input: Draft): PsbtInput {
  input.partialSignatures.sort(PARTIAL_SIGNATURES.compare);
  input.derivations.sort(DERIVATIONS.compare);
  input.preimages.sort(PREIMAGES.compare);
  input.tapScriptSignatures.sort(TAP_SCRIPT_SIGNATURES.compare);
  input.tapLeafScripts.sort(TAP_LEAF_SCRIPTS.compare);
  input.tapDerivations.sort(TAP_DERIVATIONS.compare);
  input.musig.sort(RECORDS.compare);
  input.proprietary.sort(RECORDS.compare);
  input.unknown.sort(RECORDS.compare);
  return input;
}
