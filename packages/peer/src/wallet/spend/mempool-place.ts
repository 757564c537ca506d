import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { compareRates, type FeeSize, ratePerKvb } from "@compeer/protocol/policy/fee-rate";
import type { Mempool } from "../../mempool/mempool.ts";

/** Weight that a block has for transactions beside its coinbase. Core: DEFAULT_BLOCK_RESERVED_WEIGHT. */
const BLOCK_WEIGHT = 4_000_000 - 8_000;

/** Where a transaction would stand in line. */
export interface MempoolPlace {
  /** 1 is the next block. */
  readonly block: number;
  /** Weight of all that pays as much or more. */
  readonly weightAhead: number;
}

/** @param transaction what it pays for its weight */
export function placeInMempool(mempool: Mempool, transaction: FeeSize): MempoolPlace {
  let weightAhead = 0;
  for (const chunk of mempool.bestChunks()) {
    if (compareRates(chunk, transaction) < 0) break;
    weightAhead += chunk.size;
  }
  const block = Math.floor((weightAhead + transaction.size) / BLOCK_WEIGHT) + 1;
  return { block, weightAhead };
}

/**
 * Rate that puts a transaction of some weight within the next blocks as they would be mined now,
 * satoshis per 1000 virtual bytes.
 *
 * @param least rate below which nothing is relayed
 */
export function rateForBlocks(mempool: Mempool, blocks: number, weight: number, least: Sats): Sats {
  let filled = weight;
  for (const { fee, size } of mempool.bestChunks()) {
    filled += size;
    if (filled > blocks * BLOCK_WEIGHT)
      return Math.max(least, ratePerKvb(fee, Math.ceil(size / 4)) + 1);
  }
  return least;
}
