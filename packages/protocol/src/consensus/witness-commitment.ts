import { type Block, witnessMerkleRoot } from "../bitcoin/block.ts";
import { merkleRoot } from "../bitcoin/merkle.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { concatBytes, equalBytes } from "../bytes/compare.ts";
import { sha256d } from "../crypto/sha256.ts";
import { type BlockFault, blockFault } from "./fault.ts";

/** OP_RETURN, a push of 36 bytes, and the four that mark a commitment (BIP141). */
const COMMITMENT_PREFIX = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed);
const COMMITMENT_SIZE = COMMITMENT_PREFIX.length + 32;
const NO_COMMITMENT = -1;

/** Number of the coinbase output that commits to the witnesses, -1 for none: the last that matches (BIP141). */
export function findCommitment(coinbase: TransactionView): number {
  for (let i = coinbase.outputCount - 1; i >= 0; i--)
    if (
      coinbase.outputScriptLength(i) >= COMMITMENT_SIZE &&
      hasPrefix(coinbase.bytes, coinbase.outputScriptAt(i))
    )
      return i;
  return NO_COMMITMENT;
}

function hasPrefix(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < COMMITMENT_PREFIX.length; i++)
    if (bytes[at + i] !== COMMITMENT_PREFIX[i]) return false;
  return true;
}

/**
 * Output script that commits to the witnesses of a block (BIP141).
 *
 * @param witnessIds wtxids in a row, zeros for the coinbase
 * @param reserved the 32 bytes that the coinbase's witness holds
 */
export function commitmentScript(witnessIds: Uint8Array, reserved: Uint8Array): Uint8Array {
  return concatBytes(COMMITMENT_PREFIX, commitment(merkleRoot(witnessIds).root, reserved));
}

function commitment(root: Uint8Array, reserved: Uint8Array): Uint8Array {
  return sha256d(concatBytes(root, reserved));
}

/**
 * Are the witnesses those that the coinbase commits to? Where no commitment is, or none is expected
 * yet, no transaction may carry one. Core: CheckWitnessMalleation.
 */
export function checkWitnesses(block: Block, expectCommitment: boolean): BlockFault | null {
  const coinbase = block.transactions[0];
  if (expectCommitment && coinbase !== undefined) {
    const output = findCommitment(coinbase);
    if (output !== NO_COMMITMENT) return checkCommitment(block, coinbase, output);
  }
  for (const tx of block.transactions)
    if (tx.hasWitness)
      return blockFault(
        "mutated",
        "unexpected-witness",
        "CheckWitnessMalleation : unexpected witness data found",
      );
  return null;
}

function checkCommitment(
  block: Block,
  coinbase: TransactionView,
  output: number,
): BlockFault | null {
  const [reserved, ...rest] = coinbase.witness(0);
  if (reserved?.length !== 32 || rest.length > 0)
    return blockFault(
      "mutated",
      "bad-witness-nonce-size",
      "CheckWitnessMalleation : invalid witness reserved value size",
    );
  const at = coinbase.outputScriptAt(output) + COMMITMENT_PREFIX.length;
  const stated = coinbase.bytes.subarray(at, at + 32);
  if (equalBytes(stated, commitment(witnessMerkleRoot(block), reserved))) return null;
  return blockFault(
    "mutated",
    "bad-witness-merkle-match",
    "CheckWitnessMalleation : witness merkle commitment mismatch",
  );
}
