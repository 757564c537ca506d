import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { readU32 } from "../bytes/reader.ts";
import { writeU64 } from "../bytes/writer.ts";
import { sha256dInto, sha256Into } from "../crypto/sha256.ts";
import type { SignatureChecks } from "../crypto/signature-backend.ts";
import { copyBytes, scratchOf, writeCompactSize } from "./scratch.ts";

/** Bytes of an input whose script is empty: outpoint, length of the script, sequence. */
export const BLANK_INPUT_SIZE = 41;

/**
 * One transaction, the coins it spends, and the hashes that the signatures of all its inputs share.
 * Each is made when the first signature asks for it. Core: PrecomputedTransactionData.
 */
export class TransactionContext {
  readonly tx: TransactionView;
  readonly coins: SpentCoins;
  readonly backend: SignatureChecks;
  #plain: Uint8Array | null = null;
  #witnessV0: Uint8Array | null = null;
  #taproot: Uint8Array | null = null;
  #blank: Uint8Array | null = null;

  /** @param coins rows `tx.firstInput + input`; all there when a witness is to be checked */
  constructor(tx: TransactionView, coins: SpentCoins, backend: SignatureChecks) {
    this.tx = tx;
    this.coins = coins;
    this.backend = backend;
  }

  /** SHA256 of all outpoints, of all sequences and of all outputs in a row: what both below are made of. */
  get #plainHashes(): Uint8Array {
    this.#plain ??= hashParts(this.tx, sha256Into);
    return this.#plain;
  }

  /** BIP143: hashPrevouts, hashSequence and hashOutputs in a row. */
  get witnessV0Hashes(): Uint8Array {
    // One input alone shares nothing with a taproot input, and two hashes in one call are faster.
    this.#witnessV0 ??=
      this.tx.inputCount === 1 ? hashParts(this.tx, sha256dInto) : hashAgain(this.#plainHashes);
    return this.#witnessV0;
  }

  /** BIP341: sha_prevouts, sha_amounts, sha_scriptpubkeys, sha_sequences and sha_outputs in a row. */
  get taprootHashes(): Uint8Array {
    this.#taproot ??= taprootHashes(this.tx, this.coins, this.#plainHashes);
    return this.#taproot;
  }

  /** The transaction without witness and with empty input scripts, for legacy signatures. */
  get blank(): Uint8Array {
    this.#blank ??= blankTransaction(this.tx);
    return this.#blank;
  }
}

/** Hashes of all outpoints, of all sequences and of all outputs in a row. */
function hashParts(tx: TransactionView, hashInto: typeof sha256Into): Uint8Array {
  const hashes = new Uint8Array(96);
  const scratch = scratchOf(tx.inputCount * 36);
  hashInto(scratch, 0, gatherPrevouts(tx, scratch), hashes, 0);
  hashSequences(tx, hashInto, hashes);
  hashInto(tx.bytes, outputsStart(tx), tx.outputsEnd, hashes, 64);
  return hashes;
}

/** The one sequence that was hashed last, and how: nearly all transactions of one input have the same. */
const lastSequence = { hashInto: sha256Into, sequence: -1, hash: new Uint8Array(32) };

/** Writes the hash of all sequences, the second of the three parts. */
function hashSequences(tx: TransactionView, hashInto: typeof sha256Into, hashes: Uint8Array): void {
  const sequence = tx.inputCount === 1 ? readU32(tx.bytes, sequenceAt(tx, 0)) : -1;
  const last = lastSequence;
  if (sequence < 0 || sequence !== last.sequence || hashInto !== last.hashInto) {
    const scratch = scratchOf(4 * tx.inputCount);
    hashInto(scratch, 0, gatherSequences(tx, scratch), last.hash, 0);
    last.sequence = sequence;
    last.hashInto = hashInto;
  }
  copyBytes(last.hash, 0, 32, hashes, 32);
}

function hashAgain(plain: Uint8Array): Uint8Array {
  const hashes = new Uint8Array(96);
  for (let at = 0; at < 96; at += 32) sha256Into(plain, at, at + 32, hashes, at);
  return hashes;
}

function taprootHashes(tx: TransactionView, coins: SpentCoins, plain: Uint8Array): Uint8Array {
  const hashes = new Uint8Array(160);
  const scratch = scratchOf(tx.inputCount * 8);
  copyBytes(plain, 0, 32, hashes, 0);
  sha256Into(scratch, 0, gatherAmounts(tx, coins, scratch), hashes, 32);
  const scripts = scratchOf(spentScriptsSize(tx, coins));
  sha256Into(scripts, 0, gatherScripts(tx, coins, scripts), hashes, 64);
  copyBytes(plain, 32, 32, hashes, 96);
  copyBytes(plain, 64, 32, hashes, 128);
  return hashes;
}

/** Offset of the first output, behind their number. */
function outputsStart(tx: TransactionView): number {
  return tx.outputCount === 0 ? tx.outputsEnd : tx.outputValueAt(0);
}

function gatherPrevouts(tx: TransactionView, out: Uint8Array): number {
  for (let i = 0; i < tx.inputCount; i++) copyBytes(tx.bytes, tx.outpointAt(i), 36, out, 36 * i);
  return 36 * tx.inputCount;
}

function gatherSequences(tx: TransactionView, out: Uint8Array): number {
  for (let i = 0; i < tx.inputCount; i++) copyBytes(tx.bytes, sequenceAt(tx, i), 4, out, 4 * i);
  return 4 * tx.inputCount;
}

/** Offset of the four bytes of sequence. */
export function sequenceAt(tx: TransactionView, input: number): number {
  return tx.inputScriptAt(input) + tx.inputScriptLength(input);
}

function gatherAmounts(tx: TransactionView, coins: SpentCoins, out: Uint8Array): number {
  for (let i = 0; i < tx.inputCount; i++) writeU64(out, 8 * i, coins.value(tx.firstInput + i));
  return 8 * tx.inputCount;
}

/** At least the bytes that `gatherScripts` writes. */
function spentScriptsSize(tx: TransactionView, coins: SpentCoins): number {
  let size = 0;
  for (let row = tx.firstInput; row < tx.firstInput + tx.inputCount; row++)
    size += (coins.scriptLength[row] as number) + 5;
  return size;
}

/** The scripts that are spent, each behind its length. */
function gatherScripts(tx: TransactionView, coins: SpentCoins, out: Uint8Array): number {
  let at = 0;
  for (let row = tx.firstInput; row < tx.firstInput + tx.inputCount; row++) {
    const length = coins.scriptLength[row] as number;
    at = writeCompactSize(out, at, length);
    at = copyBytes(coins.scripts, coins.scriptAt[row] as number, length, out, at);
  }
  return at;
}

function blankTransaction(tx: TransactionView): Uint8Array {
  const outputsAt = tx.inputCount === 0 ? tx.inputsAt + 1 : sequenceAt(tx, tx.inputCount - 1) + 4;
  const tail = tx.outputsEnd - outputsAt;
  const bytes = new Uint8Array(4 + 5 + tx.inputCount * BLANK_INPUT_SIZE + tail + 4);
  let at = copyBytes(tx.bytes, tx.start, 4, bytes, 0);
  at = writeCompactSize(bytes, at, tx.inputCount);
  for (let i = 0; i < tx.inputCount; i++) {
    at = copyBytes(tx.bytes, tx.outpointAt(i), 36, bytes, at) + 1;
    at = copyBytes(tx.bytes, sequenceAt(tx, i), 4, bytes, at);
  }
  at = copyBytes(tx.bytes, outputsAt, tail, bytes, at);
  at = copyBytes(tx.bytes, tx.lockTimeAt, 4, bytes, at);
  return bytes.subarray(0, at);
}
