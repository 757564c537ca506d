import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { compactSizeLength, writeU32, writeU64 } from "../bytes/writer.ts";
import { Sha256, sha256, sha256d, sha256dInto } from "../crypto/sha256.ts";
import { OP_CODESEPARATOR } from "./opcodes.ts";
import { copyBytes, scratchOf, writeCompactSize } from "./scratch.ts";
import { ScriptReader } from "./script-reader.ts";
import {
  OUTPUT_BITS,
  SIGHASH_ANYONECANPAY,
  SIGHASH_NONE,
  SIGHASH_SINGLE,
} from "./signature-hash-type.ts";
import { BLANK_INPUT_SIZE, sequenceAt, type TransactionContext } from "./transaction-context.ts";

/** With fewer inputs, writing anew for each signature beats a copy kept: 1.0 us a p2pkh input. */
const MIN_BLANKED = 3;

/**
 * What a legacy signature signs: the transaction with empty scripts except this input's, and less of
 * it as `type` says. Core: SignatureHash with SigVersion::BASE.
 *
 * @param scriptCode the script from the last OP_CODESEPARATOR on, without the signature
 * @param type all 32 bits are hashed; a signature carries the lowest 8
 */
export function signatureHashLegacy(
  context: TransactionContext,
  input: number,
  scriptCode: Uint8Array,
  type: number,
  out: Uint8Array = new Uint8Array(32),
): Uint8Array {
  if (isHashOfOne(context.tx, input, type)) return hashOfOne(out);
  const message = roomFor(context, scriptCode);
  const end = writeLegacy(context, input, scriptCode, type, message);
  return hashWithType(message, end, type, out);
}

/** Whether every legacy signature of this type signs the number one (a bug kept). */
export function isHashOfOne(tx: TransactionView, input: number, type: number): boolean {
  return (type & OUTPUT_BITS) === SIGHASH_SINGLE && input >= tx.outputCount;
}

/**
 * The message of a signature up to its type, hashed once. Not for what signs the number one.
 *
 * @param type one of the types that `endSignatureHash` will be asked for: all cover the same
 */
export function beginSignatureHash(
  context: TransactionContext,
  input: number,
  version: "base" | "witness-v0",
  scriptCode: Uint8Array,
  type: number,
): Sha256 {
  const write = version === "base" ? writeLegacy : writeV0;
  const message = roomFor(context, scriptCode);
  const end = write(context, input, scriptCode, type, message);
  return new Sha256().update(message.slice(0, end));
}

/** The hash of a message that was begun, with `type` behind it. */
export function endSignatureHash(begun: Sha256, type: number): Uint8Array {
  const last = new Uint8Array(4);
  writeU32(last, 0, type);
  return sha256(begun.clone().update(last).digest());
}

/** Room for what a signature signs. */
function roomFor({ tx }: TransactionContext, scriptCode: Uint8Array): Uint8Array {
  return scratchOf(tx.totalSize + BLANK_INPUT_SIZE + scriptCode.length + 200);
}

/** Hashes the message, `type` behind it. */
function hashWithType(message: Uint8Array, end: number, type: number, out: Uint8Array): Uint8Array {
  writeU32(message, end, type);
  sha256dInto(message, 0, end + 4, out, 0);
  return out;
}

/** Writes what is hashed before the type and returns its length. */
function writeLegacy(
  context: TransactionContext,
  input: number,
  scriptCode: Uint8Array,
  type: number,
  out: Uint8Array,
): number {
  const { tx } = context;
  const outputs = type & OUTPUT_BITS;
  const script = withoutCodeSeparators(scriptCode);
  const all = outputs !== SIGHASH_SINGLE && outputs !== SIGHASH_NONE;
  const blank = all && (type & SIGHASH_ANYONECANPAY) === 0 && tx.inputCount >= MIN_BLANKED;
  return blank
    ? writeWhole(context, input, script, out)
    : writeParts(context, input, script, type, out);
}

function hashOfOne(out: Uint8Array): Uint8Array {
  out.fill(0);
  out[0] = 1;
  return out;
}

/** A script and the length that is written before it. */
interface SignedScript {
  readonly bytes: Uint8Array;
  readonly statedLength: number;
}

/**
 * Where the script ends within a push, Core writes it up to that push but states the full length. Such
 * a script is invalid in the end, but vectors have it.
 */
function withoutCodeSeparators(script: Uint8Array): SignedScript {
  if (!script.includes(OP_CODESEPARATOR)) {
    return { bytes: script, statedLength: script.length };
  }
  const bytes = new Uint8Array(script.length);
  const reader = new ScriptReader(script);
  let length = 0;
  let copied = 0;
  let separators = 0;
  while (reader.next()) {
    if (reader.opcode !== OP_CODESEPARATOR) continue;
    separators++;
    length = copyBytes(script, copied, reader.position - 1 - copied, bytes, length);
    copied = reader.position;
  }
  if (copied < script.length)
    length = copyBytes(script, copied, reader.position - copied, bytes, length);
  return { bytes: bytes.subarray(0, length), statedLength: script.length - separators };
}

/** All inputs and outputs: the blank transaction with the script put into its place. */
function writeWhole(
  context: TransactionContext,
  input: number,
  script: SignedScript,
  out: Uint8Array,
): number {
  const { blank, tx } = context;
  const firstInput = 4 + compactSizeLength(tx.inputCount);
  const scriptAt = firstInput + input * BLANK_INPUT_SIZE + 36;
  const behind = copyBytes(blank, 0, scriptAt, out, 0);
  const at = writeScript(script, out, behind);
  return copyBytes(blank, scriptAt + 1, blank.length - scriptAt - 1, out, at);
}

function writeScript(script: SignedScript, out: Uint8Array, at: number): number {
  const behind = writeCompactSize(out, at, script.statedLength);
  return copyBytes(script.bytes, 0, script.bytes.length, out, behind);
}

/** SIGHASH_NONE, SIGHASH_SINGLE, SIGHASH_ANYONECANPAY and their mixtures. */
function writeParts(
  context: TransactionContext,
  input: number,
  script: SignedScript,
  type: number,
  out: Uint8Array,
): number {
  const { tx } = context;
  const alone = (type & SIGHASH_ANYONECANPAY) !== 0;
  const outputs = type & OUTPUT_BITS;
  let at = copyBytes(tx.bytes, tx.start, 4, out, 0);
  at = writeCompactSize(out, at, alone ? 1 : tx.inputCount);
  for (let i = alone ? input : 0; i < tx.inputCount; i++) {
    at = copyBytes(tx.bytes, tx.outpointAt(i), 36, out, at);
    at = i === input ? writeScript(script, out, at) : writeCompactSize(out, at, 0);
    at = writeSequence(
      context,
      i,
      i !== input && outputs >= SIGHASH_NONE && outputs <= SIGHASH_SINGLE,
      out,
      at,
    );
    if (alone) break;
  }
  at = writeOutputs(context, input, outputs, out, at);
  return copyBytes(tx.bytes, tx.lockTimeAt, 4, out, at);
}

function writeSequence(
  context: TransactionContext,
  input: number,
  blank: boolean,
  out: Uint8Array,
  at: number,
): number {
  if (!blank) return copyBytes(context.tx.bytes, sequenceAt(context.tx, input), 4, out, at);
  writeU32(out, at, 0);
  return at + 4;
}

/** SIGHASH_SINGLE writes the outputs before its own as empty ones of value -1. */
function writeOutputs(
  context: TransactionContext,
  input: number,
  outputs: number,
  out: Uint8Array,
  start: number,
): number {
  const { tx } = context;
  if (outputs === SIGHASH_NONE) return writeCompactSize(out, start, 0);
  if (outputs !== SIGHASH_SINGLE) {
    const at = writeCompactSize(out, start, tx.outputCount);
    if (tx.outputCount === 0) return at;
    const first = tx.outputValueAt(0);
    return copyBytes(tx.bytes, first, tx.outputsEnd - first, out, at);
  }
  let at = writeCompactSize(out, start, input + 1);
  for (let i = 0; i < input; i++) {
    out.fill(0xff, at, at + 8);
    at = writeCompactSize(out, at + 8, 0);
  }
  return copyBytes(tx.bytes, tx.outputValueAt(input), outputSize(context, input), out, at);
}

/** Bytes of value, length and script of an output. */
function outputSize(context: TransactionContext, output: number): number {
  const { tx } = context;
  return tx.outputScriptAt(output) + tx.outputScriptLength(output) - tx.outputValueAt(output);
}

/** A view of value, length and script of an output. */
export function outputBytes(context: TransactionContext, output: number): Uint8Array {
  const start = context.tx.outputValueAt(output);
  return context.tx.bytes.subarray(start, start + outputSize(context, output));
}

/** What a witness v0 signature signs (BIP143): it includes the amount that the input spends. */
export function signatureHashV0(
  context: TransactionContext,
  input: number,
  scriptCode: Uint8Array,
  type: number,
  out: Uint8Array = new Uint8Array(32),
): Uint8Array {
  const message = roomFor(context, scriptCode);
  const end = writeV0(context, input, scriptCode, type, message);
  return hashWithType(message, end, type, out);
}

/** As `writeLegacy`. */
function writeV0(
  context: TransactionContext,
  input: number,
  scriptCode: Uint8Array,
  type: number,
  out: Uint8Array,
): number {
  const { tx, coins } = context;
  // All that is hashed comes before the first byte is written.
  const hashes = context.witnessV0Hashes;
  const outputs = type & OUTPUT_BITS;
  const alone = (type & SIGHASH_ANYONECANPAY) !== 0;
  const whole = outputs !== SIGHASH_SINGLE && outputs !== SIGHASH_NONE;
  const hasOne = outputs === SIGHASH_SINGLE && input < tx.outputCount;
  const one = hasOne ? sha256d(outputBytes(context, input)) : null;
  let at = copyBytes(tx.bytes, tx.start, 4, out, 0);
  if (alone || !whole) out.fill(0, at, at + 64);
  if (!alone) copyBytes(hashes, 0, whole ? 64 : 32, out, at);
  at = copyBytes(tx.bytes, tx.outpointAt(input), 36, out, at + 64);
  at = writeCompactSize(out, at, scriptCode.length);
  at = copyBytes(scriptCode, 0, scriptCode.length, out, at);
  writeU64(out, at, coins.value(tx.firstInput + input));
  at = copyBytes(tx.bytes, sequenceAt(tx, input), 4, out, at + 8);
  if (whole) copyBytes(hashes, 64, 32, out, at);
  else if (one !== null) copyBytes(one, 0, 32, out, at);
  else out.fill(0, at, at + 32);
  return copyBytes(tx.bytes, tx.lockTimeAt, 4, out, at + 32);
}
