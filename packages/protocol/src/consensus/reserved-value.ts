import { type Block, decodeBlock } from "../bitcoin/block.ts";
import { encodeTransaction, expandTransaction } from "../bitcoin/transaction.ts";
import { concatBytes } from "../bytes/compare.ts";
import { findCommitment } from "./witness-commitment.ts";

const ZEROS = new Uint8Array(32);

/**
 * The same block with a witness reserved value of zeros in its coinbase, where it commits to witnesses
 * and has none (BIP141): miners may hand in such a block. Core: UpdateUncommittedBlockStructures.
 */
export function withReservedValue(block: Block): Block {
  const coinbase = block.transactions[0];
  if (!coinbase?.isCoinbase || coinbase.hasWitness || findCommitment(coinbase) < 0) return block;
  const body = expandTransaction(coinbase);
  const inputs = body.inputs.map((input) => ({ ...input, witness: [ZEROS] }));
  return decodeBlock(
    concatBytes(
      block.raw.subarray(0, coinbase.start),
      encodeTransaction({ ...body, inputs }),
      block.raw.subarray(coinbase.end),
    ),
  );
}
