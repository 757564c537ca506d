import type { Block } from "../bitcoin/block.ts";
import { merkleRoot } from "../bitcoin/merkle.ts";
import type { Network } from "../bitcoin/network.ts";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import {
  expandTransaction,
  finishTransaction,
  type Transaction,
  type TransactionBody,
} from "../bitcoin/transaction.ts";
import { parseTransaction, type TransactionView } from "../bitcoin/transaction-view.ts";
import { equalBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { signatureBackend } from "../crypto/secp256k1.ts";
import { type ScriptPart, scriptOf } from "../script/build-script.ts";
import { VERIFY_DERSIG, VERIFY_NULLDUMMY, VERIFY_P2SH, VERIFY_WITNESS } from "../script/flags.ts";
import { ScriptReader } from "../script/script-reader.ts";
import { TransactionContext } from "../script/transaction-context.ts";
import { verifyInput } from "../script/verify-input.ts";
import { type BlockFault, blockFault } from "./fault.ts";
import { findCommitment } from "./witness-commitment.ts";

/** Marks the push, in the witness commitment's output, that holds the solution (BIP325). */
const SIGNET_HEADER = Uint8Array.of(0xec, 0xc7, 0xda, 0xa2);
const SIGNET_FLAGS = VERIFY_P2SH | VERIFY_WITNESS | VERIFY_DERSIG | VERIFY_NULLDUMMY;
const OP_0 = 0x00;
const OP_RETURN = 0x6a;

/** The two transactions that exist to be signed: the second spends the first (BIP325). */
export interface SignetTransactions {
  /** Its only output has the challenge as its script and no value. */
  readonly toSpend: Transaction;
  /** Its only input carries the solution that the block holds, empty when it holds none. */
  readonly toSign: Transaction;
}

/** Is the block signed as the network's challenge asks? Core: CheckSignetBlockSolution. */
export function checkSignetSolution(block: Block, network: Network): BlockFault | null {
  const challenge = network.signetChallenge;
  if (challenge === null || equalBytes(block.hash, network.genesisHash)) return null;
  const transactions = signetTransactions(block, challenge);
  if (transactions !== null && isSolved(transactions, challenge)) return null;
  return blockFault("consensus", "bad-signet-blksig", "signet block signature validation failure");
}

function isSolved(transactions: SignetTransactions, challenge: Uint8Array): boolean {
  const tx = parseTransaction(transactions.toSign.raw);
  const coins = new SpentCoins(1);
  coins.set(0, 0, 0, false, challenge, 0, challenge.length);
  const context = new TransactionContext(tx, coins, signatureBackend());
  return verifyInput(context, 0, SIGNET_FLAGS) === null;
}

/**
 * What the signers of a block sign, with the solution the block holds. Core: SignetTxs::Create.
 *
 * @returns null without a witness commitment, or when the solution does not decode
 */
export function signetTransactions(block: Block, challenge: Uint8Array): SignetTransactions | null {
  const coinbase = block.transactions[0];
  if (coinbase === undefined) return null;
  const output = findCommitment(coinbase);
  if (output < 0) return null;
  const split = takeSolution(coinbase.outputScript(output));
  const solution = split.solution === null ? NO_SOLUTION : decodeSolution(split.solution);
  if (solution === null) return null;
  const root = rootWithout(block, coinbase, output, split.script);
  const toSpend = finishTransaction(
    soleInput(
      new Uint8Array(32),
      0xffffffff,
      scriptOf(OP_0, signedData(block, root)),
      [],
      challenge,
    ),
  );
  const toSign = finishTransaction(
    soleInput(toSpend.txid, 0, solution.script, solution.witness, scriptOf(OP_RETURN)),
  );
  return { toSpend, toSign };
}

/** The commitment script without what follows the header in its first such push, and that rest. */
function takeSolution(script: Uint8Array): { script: Uint8Array; solution: Uint8Array | null } {
  const reader = new ScriptReader(script);
  const parts: ScriptPart[] = [];
  let solution: Uint8Array | null = null;
  while (reader.next()) {
    const data = reader.data();
    if (solution === null && isSolutionPush(data)) {
      solution = data.subarray(SIGNET_HEADER.length);
      parts.push(SIGNET_HEADER);
    } else parts.push(data.length > 0 ? data : reader.opcode);
  }
  return { script: solution === null ? script : scriptOf(...parts), solution };
}

function isSolutionPush(data: Uint8Array): boolean {
  return (
    data.length > SIGNET_HEADER.length &&
    equalBytes(data.subarray(0, SIGNET_HEADER.length), SIGNET_HEADER)
  );
}

interface Solution {
  readonly script: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

/** A challenge that anyone meets, OP_TRUE, needs no solution in the block. */
const NO_SOLUTION: Solution = { script: new Uint8Array(0), witness: [] };

function decodeSolution(bytes: Uint8Array): Solution | null {
  try {
    const reader = new Reader(bytes);
    const script = reader.varBytes();
    const witness: Uint8Array[] = [];
    for (let left = reader.compactSize(); left > 0; left--) witness.push(reader.varBytes());
    reader.end();
    return { script, witness };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** The block's merkle root if its coinbase had the other commitment script. */
function rootWithout(
  block: Block,
  coinbase: TransactionView,
  output: number,
  script: Uint8Array,
): Uint8Array {
  const body = expandTransaction(coinbase);
  const outputs = body.outputs.map((old, i) => (i === output ? { ...old, script } : old));
  const ids = block.txids.slice();
  ids.set(finishTransaction({ ...body, outputs }).txid, 0);
  return merkleRoot(ids).root;
}

/** The header up to its time, with that merkle root. */
function signedData(block: Block, root: Uint8Array): Uint8Array {
  const { version, prevHash, time } = block.header;
  return new Writer(72).u32(version).raw(prevHash).raw(root).u32(time).finish();
}

function soleInput(
  txid: Uint8Array,
  index: number,
  inputScript: Uint8Array,
  witness: readonly Uint8Array[],
  outputScript: Uint8Array,
): TransactionBody {
  return {
    version: 0,
    inputs: [{ prevout: { txid, index }, script: inputScript, sequence: 0, witness }],
    outputs: [{ value: 0, script: outputScript }],
    lockTime: 0,
  };
}

/** The push that a signer puts behind the commitment: header, then the solution (BIP325). */
export function solutionPush(script: Uint8Array, witness: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer().raw(SIGNET_HEADER).varBytes(script).compactSize(witness.length);
  for (const item of witness) writer.varBytes(item);
  return scriptOf(writer.finish());
}
