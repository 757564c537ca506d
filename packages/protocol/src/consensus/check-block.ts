import { type Block, blockMerkleRoot, blockTxid } from "../bitcoin/block.ts";
import type { Network } from "../bitcoin/network.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { equalBytes } from "../bytes/compare.ts";
import { formatHash } from "../bytes/hash.ts";
import { legacySigopCount } from "../script/sigops.ts";
import { checkHeaderProofOfWork } from "./check-header.ts";
import { checkTransaction } from "./check-transaction.ts";
import { type BlockFault, blockFault } from "./fault.ts";
import { MAX_BLOCK_SIGOPS_COST, MAX_BLOCK_WEIGHT, WITNESS_SCALE_FACTOR } from "./limits.ts";
import { checkSignetSolution } from "./signet.ts";
import { checkWitnesses } from "./witness-commitment.ts";

export interface CheckBlockOptions {
  /** False for a block that is not mined yet: neither work nor signet solution is asked for. */
  readonly checkPow?: boolean;
  /** False for a block whose header is not finished. */
  readonly checkMerkleRoot?: boolean;
}

/**
 * First rule that `block` breaks by itself, without its ancestors or the coins it spends. What may
 * be damage on the way comes before what condemns the header. Core: CheckBlock.
 */
export function checkBlock(
  block: Block,
  network: Network,
  options: CheckBlockOptions = {},
): BlockFault | null {
  const { checkPow = true, checkMerkleRoot = true } = options;
  return (
    (checkPow ? checkHeaderProofOfWork(block.header, network) : null) ??
    (checkPow ? checkSignetSolution(block, network) : null) ??
    (checkMerkleRoot ? checkRoot(block) : null) ??
    checkSize(block) ??
    checkCoinbase(block) ??
    checkTransactions(block) ??
    checkSigops(block)
  );
}

/**
 * Could the transactions be other ones than the header's miner meant? Such a block says nothing of its
 * hash (CVE-2012-2459). Core: IsBlockMutated.
 *
 * @param checkWitnessRoot true where segwit holds
 */
export function checkMutation(block: Block, checkWitnessRoot: boolean): BlockFault | null {
  const fault = checkRoot(block);
  if (fault !== null) return fault;
  // A transaction of 64 bytes can pass for an inner node of the tree (CVE-2017-12842).
  if (block.transactions[0]?.isCoinbase !== true)
    return block.transactions.some((tx) => tx.strippedSize === 64)
      ? blockFault("mutated", "bad-txns-size", "a transaction of 64 bytes")
      : null;
  return checkWitnesses(block, checkWitnessRoot);
}

/** As `checkMutation`, for who does not want to know more. */
export function isBlockMutated(block: Block, checkWitnessRoot: boolean): boolean {
  return checkMutation(block, checkWitnessRoot) !== null;
}

function checkRoot(block: Block): BlockFault | null {
  const { root, mutated } = blockMerkleRoot(block);
  if (!equalBytes(root, block.header.merkleRoot))
    return blockFault("mutated", "bad-txnmrklroot", "hashMerkleRoot mismatch");
  return mutated ? blockFault("mutated", "bad-txns-duplicate", "duplicate transaction") : null;
}

/** The weight with witnesses comes with the context: here they may still be somebody else's. */
function checkSize(block: Block): BlockFault | null {
  const count = block.transactions.length;
  const least = Math.max(count, block.strippedSize) * WITNESS_SCALE_FACTOR;
  if (count > 0 && least <= MAX_BLOCK_WEIGHT) return null;
  return blockFault("consensus", "bad-blk-length", "size limits failed");
}

function checkCoinbase(block: Block): BlockFault | null {
  const { transactions } = block;
  if (transactions[0]?.isCoinbase !== true)
    return blockFault("consensus", "bad-cb-missing", "first tx is not coinbase");
  for (let i = 1; i < transactions.length; i++)
    if ((transactions[i] as TransactionView).isCoinbase)
      return blockFault("consensus", "bad-cb-multiple", "more than one coinbase");
  return null;
}

function checkTransactions(block: Block): BlockFault | null {
  for (const tx of block.transactions) {
    const fault = checkTransaction(tx);
    if (fault === null) continue;
    const txid = formatHash(blockTxid(block, tx.index));
    return blockFault(
      "consensus",
      fault.reason,
      `Transaction check failed (tx hash ${txid}) ${fault.detail}`,
    );
  }
  return null;
}

/** Those that show without the spent coins; the rest are counted when the block connects. */
function checkSigops(block: Block): BlockFault | null {
  let count = 0;
  for (const tx of block.transactions) count += legacySigopCount(tx);
  if (count * WITNESS_SCALE_FACTOR <= MAX_BLOCK_SIGOPS_COST) return null;
  return blockFault("consensus", "bad-blk-sigops", "out-of-bounds SigOpCount");
}
