import { firstSpendingRow, RowChecker, type ScriptFailure } from "./row-checker.ts";
import { CANCELLED, LOWEST_FAILURE, NEXT_ROW, ROWS_DONE, type SharedView } from "./shared-block.ts";

/** Inputs that a thread takes at a time. */
const CHUNK = 16;

/**
 * Takes chunks of inputs until none is left below the lowest failure. Chunks are handed out in order,
 * so every input below the lowest failure is checked by someone and the verdict is always the same.
 *
 * @returns the lowest failing input that this thread saw
 */
export function checkChunks(
  { control, table, coins, known }: SharedView,
  flags: number,
): ScriptFailure | null {
  const checker = new RowChecker(table, coins, flags, known);
  const end = table.inputCount;
  for (;;) {
    const start = Atomics.add(control, NEXT_ROW, CHUNK);
    if (start >= end || start < firstSpendingRow(table)) return null;
    const stop = Math.min(start + CHUNK, end);
    for (let row = start; row < stop; row++) {
      if (Atomics.load(control, CANCELLED) !== 0) return null;
      if (row > Atomics.load(control, LOWEST_FAILURE)) return null;
      const failure = checker.check(row);
      if (failure !== null) {
        lower(control, row);
        return failure;
      }
    }
    Atomics.add(control, ROWS_DONE, stop - start);
  }
}

function lower(control: Int32Array, row: number): void {
  let seen = Atomics.load(control, LOWEST_FAILURE);
  while (row < seen) {
    const was = Atomics.compareExchange(control, LOWEST_FAILURE, seen, row);
    if (was === seen) return;
    seen = was;
  }
}
