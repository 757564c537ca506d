import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import type { ChainPoint } from "./chain-point.ts";

/** Set: the sequence number is no lock. Core: SEQUENCE_LOCKTIME_DISABLE_FLAG. */
const DISABLE_FLAG = 0x80000000;
/** Set: units of 512 seconds; clear: blocks. Core: SEQUENCE_LOCKTIME_TYPE_FLAG. */
const TYPE_FLAG = 0x00400000;
const LOCK_MASK = 0x0000ffff;
/** Two to this power is the unit of time locks, in seconds. */
const TIME_GRANULARITY = 9;

/** The last height and the last median time past that are too early; -1 when any is late enough. */
export interface SequenceLocks {
  readonly height: number;
  readonly time: number;
}

/**
 * Relative lock times (BIP68) of a transaction whose next block would follow `parent`. The version is
 * compared unsigned (CVE-2024-34478). Core: CalculateSequenceLocks.
 *
 * @param coins the coins it spends, by `tx.firstInput + input`; an unconfirmed one has the height of
 *   the next block
 */
export function sequenceLocks(
  tx: TransactionView,
  coins: SpentCoins,
  parent: ChainPoint,
): SequenceLocks {
  let height = -1;
  let time = -1;
  if (tx.version < 2) return { height, time };
  for (let i = 0; i < tx.inputCount; i++) {
    const sequence = tx.sequence(i);
    if ((sequence & DISABLE_FLAG) !== 0) continue;
    const coinHeight = coins.height(tx.firstInput + i);
    const lock = sequence & LOCK_MASK;
    if ((sequence & TYPE_FLAG) === 0) {
      height = Math.max(height, coinHeight + lock - 1);
      continue;
    }
    const before = parent.ancestor(Math.max(coinHeight - 1, 0));
    if (before === null) throw new Error("a spent coin is younger than the block that spends it");
    time = Math.max(time, before.medianTimePast + lock * 2 ** TIME_GRANULARITY - 1);
  }
  return { height, time };
}

/** Are the relative lock times over in the block that follows `parent`? Core: SequenceLocks. */
export function meetsSequenceLocks(
  tx: TransactionView,
  coins: SpentCoins,
  parent: ChainPoint,
): boolean {
  if (!hasSequenceLock(tx)) return true;
  const locks = sequenceLocks(tx, coins, parent);
  return locks.height < parent.height + 1 && locks.time < parent.medianTimePast;
}

/** Most transactions have none: they cost no object. */
function hasSequenceLock(tx: TransactionView): boolean {
  if (tx.version < 2) return false;
  for (let i = 0; i < tx.inputCount; i++) if ((tx.sequence(i) & DISABLE_FLAG) === 0) return true;
  return false;
}
