import type { RandomBelow } from "@compeer/protocol/crypto/shuffle";
import type { Wallet } from "../wallet.ts";

/** Highest sequence that lets the lock time count, and the highest that signals replacement (BIP125). */
export const SEQUENCE_NONFINAL = 0xfffffffe;
export const SEQUENCE_REPLACEABLE = 0xfffffffd;

const MAX_TIP_AGE_SECONDS = 8 * 60 * 60;

/**
 * A lock time that only the next block meets, so that nobody gains by mining the last one again. Now and
 * then it is further back, for those whose transactions are late for other reasons. 0 while the chain is
 * behind: a lagging height would tell transactions of this wallet apart. Core: DiscourageFeeSniping.
 */
export function lockTimeAgainstSniping(
  { chain, clock }: Pick<Wallet, "chain" | "clock">,
  random: RandomBelow,
): number {
  const { tip } = chain;
  if (chain.isInitialDownload || tip.time < clock.now() - MAX_TIP_AGE_SECONDS) return 0;
  const back = random(10) === 0 ? random(100) : 0;
  return Math.max(0, tip.height - back);
}
