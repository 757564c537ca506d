import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
import { COINBASE_MATURITY } from "@compeer/protocol/consensus/limits";
import { isFinal } from "@compeer/protocol/consensus/lock-time";
import { meetsSequenceLocks } from "@compeer/protocol/consensus/sequence-locks";
import { hasAllCoins } from "./load-coins.ts";
import type { MempoolEntry } from "./mempool-entry.ts";

/** From this bit on a sequence number is no relative lock (BIP68). */
const SEQUENCE_LOCK_END = 0x80000000;

/**
 * True when an entry may be in the block after `tip`, as far as time and depth go. The coins are only
 * loaded for the few entries where they matter. Core: removeForReorg, its filter.
 */
export async function isMinable(
  entry: MempoolEntry,
  tip: ChainPoint,
  load: (entry: MempoolEntry) => Promise<SpentCoins>,
): Promise<boolean> {
  const height = tip.height + 1;
  if (!isFinal(entry.tx, height, tip.medianTimePast)) return false;
  if (!entry.spendsCoinbase && !hasSequenceLock(entry)) return true;
  const coins = await load(entry);
  const { tx } = entry;
  if (!hasAllCoins(tx, coins) || !meetsSequenceLocks(tx, coins, tip)) return false;
  for (let row = tx.firstInput; row < tx.firstInput + tx.inputCount; row++)
    if (coins.isCoinbase(row) && height - coins.height(row) < COINBASE_MATURITY) return false;
  return true;
}

function hasSequenceLock({ tx }: MempoolEntry): boolean {
  if (tx.version < 2) return false;
  for (let i = 0; i < tx.inputCount; i++) if (tx.sequence(i) < SEQUENCE_LOCK_END) return true;
  return false;
}
