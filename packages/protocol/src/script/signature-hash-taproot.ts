import { writeU32, writeU64 } from "../bytes/writer.ts";
import { sha256 } from "../crypto/sha256.ts";
import { hashTagged, type Tag, tagOf } from "../crypto/tagged-hash.ts";
import { copyBytes, scratchOf, writeCompactSize } from "./scratch.ts";
import { outputBytes } from "./signature-hash.ts";
import { SIGHASH_ANYONECANPAY, SIGHASH_NONE, SIGHASH_SINGLE } from "./signature-hash-type.ts";
import type { TaprootSpend } from "./taproot-spend.ts";
import { sequenceAt, type TransactionContext } from "./transaction-context.ts";

const TAG: Tag = tagOf("TapSighash");
/** What goes into the message besides the script that is spent. */
const MESSAGE_SIZE = 400;

/**
 * What a BIP341 signature signs, by the key or (BIP342) in a leaf script. Null when the type is not one
 * of the seven known, or SIGHASH_SINGLE finds no output of the input's number.
 * Core: SignatureHashSchnorr.
 */
export function signatureHashTaproot(
  context: TransactionContext,
  input: number,
  type: number,
  spend: TaprootSpend,
): Uint8Array | null {
  const { tx } = context;
  const outputs = type & 3;
  if ((type & ~SIGHASH_ANYONECANPAY) > SIGHASH_SINGLE) return null;
  if (type === SIGHASH_ANYONECANPAY) return null;
  if (outputs === SIGHASH_SINGLE && input >= tx.outputCount) return null;
  // All that is hashed comes before the first byte is written.
  const hashes = context.taprootHashes;
  const one = outputs === SIGHASH_SINGLE ? outputHash(context, input, spend) : null;
  const alone = (type & SIGHASH_ANYONECANPAY) !== 0;
  const row = tx.firstInput + input;
  const scratch = scratchOf(MESSAGE_SIZE + (context.coins.scriptLength[row] as number));
  scratch[0] = 0; // epoch
  scratch[1] = type;
  let at = copyBytes(tx.bytes, tx.start, 4, scratch, 2);
  at = copyBytes(tx.bytes, tx.lockTimeAt, 4, scratch, at);
  if (!alone) at = copyBytes(hashes, 0, 128, scratch, at);
  if (outputs !== SIGHASH_NONE && outputs !== SIGHASH_SINGLE)
    at = copyBytes(hashes, 128, 32, scratch, at);
  scratch[at++] = (spend.leafHash === null ? 0 : 2) + (spend.annexHash === null ? 0 : 1);
  at = alone ? writeSpent(context, input, scratch, at) : writeInputNumber(input, scratch, at);
  if (spend.annexHash !== null) at = copyBytes(spend.annexHash, 0, 32, scratch, at);
  if (one !== null) at = copyBytes(one, 0, 32, scratch, at);
  if (spend.leafHash !== null) at = writeLeaf(spend, spend.leafHash, scratch, at);
  return hashTagged(TAG, scratch, at);
}

/** The input and the coin it spends, which the signature covers instead of all inputs. */
function writeSpent(
  context: TransactionContext,
  input: number,
  out: Uint8Array,
  start: number,
): number {
  const { tx, coins } = context;
  const row = tx.firstInput + input;
  const length = coins.scriptLength[row] as number;
  let at = copyBytes(tx.bytes, tx.outpointAt(input), 36, out, start);
  writeU64(out, at, coins.value(row));
  at = writeCompactSize(out, at + 8, length);
  at = copyBytes(coins.scripts, coins.scriptAt[row] as number, length, out, at);
  return copyBytes(tx.bytes, sequenceAt(tx, input), 4, out, at);
}

function writeInputNumber(input: number, out: Uint8Array, at: number): number {
  writeU32(out, at, input);
  return at + 4;
}

/** Kept with the spend: many signatures over one large output hash it once. */
function outputHash(context: TransactionContext, input: number, spend: TaprootSpend): Uint8Array {
  spend.outputHash ??= sha256(outputBytes(context, input));
  return spend.outputHash;
}

/** BIP342: the leaf, the version of its keys, and the last OP_CODESEPARATOR. */
function writeLeaf(
  spend: TaprootSpend,
  leafHash: Uint8Array,
  out: Uint8Array,
  start: number,
): number {
  const at = copyBytes(leafHash, 0, 32, out, start);
  out[at] = 0;
  writeU32(out, at + 1, spend.codeSeparator);
  return at + 5;
}
