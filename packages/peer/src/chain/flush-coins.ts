import { setImmediate as nextTurn } from "node:timers/promises";
import { withPackedKey } from "../storage/coin-codec.ts";
import { coinKey } from "../storage/coin-key.ts";
import type { CoinWrite } from "../storage/coin-store.ts";
import { type CoinTable, DIRTY, SPENT } from "./coin-table.ts";

/** A flush lets the event loop have a turn after this long. */
const SLICE_MS = 8;
/** Records that a flush takes between two looks at the clock: some milliseconds at most. */
const STEP = 500;

/** Hands every change to the store; the marks of the records stay. */
export async function writeChanges(table: CoinTable, write: CoinWrite): Promise<void> {
  const txid = new Uint8Array(32);
  const visit = (place: number): void => {
    const flags = table.flagsAt(place);
    if ((flags & DIRTY) === 0) return;
    const key = coinKey(txid, table.outpointAt(place, txid, 0));
    if (flags & SPENT) write.delete(key);
    else write.put(key, withPackedKey(table.valueOf(place)));
  };
  await eachRecord(table, visit, () => (write.isFull ? write.writePart() : null));
}

/** Takes off all marks once the store has the changes, and with them what is spent. */
export async function markClean(table: CoinTable): Promise<void> {
  const txid = new Uint8Array(32);
  const visit = (place: number): void => {
    if ((table.flagsAt(place) & SPENT) === 0) {
      table.setFlags(place, 0);
      return;
    }
    const index = table.outpointAt(place, txid, 0);
    table.seek(txid, 0, index);
    table.remove();
  };
  await eachRecord(table, visit, () => null);
}

/**
 * Visits the records in small steps, so that the event loop has its turns between them. Records that
 * a reader adds meanwhile are clean and may be left out; none moves.
 *
 * @param pause asked after each step; null when there is nothing to wait for
 */
async function eachRecord(
  table: CoinTable,
  visit: (place: number) => void,
  pause: () => Promise<void> | null,
): Promise<void> {
  let since = performance.now();
  for (let shard = 0; shard < table.shardCount; shard++) {
    const places = table.placesOf(shard);
    for (let at = 0; at < places.length; at += STEP) {
      for (const place of places.subarray(at, at + STEP)) visit(place);
      const wait = pause();
      if (wait !== null) await wait;
      else if (performance.now() - since > SLICE_MS) await nextTurn();
      else continue;
      since = performance.now();
    }
  }
}
