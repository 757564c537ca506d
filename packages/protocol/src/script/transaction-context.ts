import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { writeU64 } from "../bytes/writer.ts";
import { sha256, sha256dInto } from "../crypto/sha256.ts";
import type { SignatureBackend } from "../crypto/signature-backend.ts";
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
  readonly backend: SignatureBackend;
  #witnessV0: Uint8Array | null = null;
  #taproot: Uint8Array | null = null;
  #blank: Uint8Array | null = null;

  /** @param coins rows `tx.firstInput + input`; all there when a witness is to be checked */
  constructor(tx: TransactionView, coins: SpentCoins, backend: SignatureBackend) {
    this.tx = tx;
    this.coins = coins;
    this.backend = backend;
  }

  /** BIP143: hashPrevouts, hashSequence and hashOutputs in a row. */
  get witnessV0Hashes(): Uint8Array {
    this.#witnessV0 ??= witnessV0Hashes(this.tx);
    return this.#witnessV0;
  }

  /** BIP341: sha_prevouts, sha_amounts, sha_scriptpubkeys, sha_sequences and sha_outputs in a row. */
  get taprootHashes(): Uint8Array {
    this.#taproot ??= taprootHashes(this.tx, this.coins);
    return this.#taproot;
  }

  /** The transaction without witness and with empty input scripts, for legacy signatures. */
  get blank(): Uint8Array {
    this.#blank ??= blankTransaction(this.tx);
    return this.#blank;
  }
}

function witnessV0Hashes(tx: TransactionView): Uint8Array {
  const hashes = new Uint8Array(96);
  const scratch = scratchOf(tx.inputCount * 36);
  sha256dInto(scratch, 0, gatherPrevouts(tx, scratch), hashes, 0);
  sha256dInto(scratch, 0, gatherSequences(tx, scratch), hashes, 32);
  sha256dInto(tx.bytes, outputsStart(tx), tx.outputsEnd, hashes, 64);
  return hashes;
}

function taprootHashes(tx: TransactionView, coins: SpentCoins): Uint8Array {
  const hashes = new Uint8Array(160);
  const scratch = scratchOf(tx.inputCount * 36);
  hashes.set(sha256(scratch.subarray(0, gatherPrevouts(tx, scratch))), 0);
  hashes.set(sha256(scratch.subarray(0, gatherAmounts(tx, coins, scratch))), 32);
  hashes.set(sha256(spentScripts(tx, coins)), 64);
  hashes.set(sha256(scratch.subarray(0, gatherSequences(tx, scratch))), 96);
  hashes.set(sha256(tx.bytes.subarray(outputsStart(tx), tx.outputsEnd)), 128);
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

/** The scripts that are spent, each behind its length; a view of the scratch bytes. */
function spentScripts(tx: TransactionView, coins: SpentCoins): Uint8Array {
  const first = tx.firstInput;
  let size = 0;
  for (let i = 0; i < tx.inputCount; i++) size += (coins.scriptLength[first + i] as number) + 5;
  const out = scratchOf(size);
  let at = 0;
  for (let i = 0; i < tx.inputCount; i++) {
    const length = coins.scriptLength[first + i] as number;
    at = writeCompactSize(out, at, length);
    at = copyBytes(coins.scripts, coins.scriptAt[first + i] as number, length, out, at);
  }
  return out.subarray(0, at);
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
