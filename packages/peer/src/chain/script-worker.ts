import { parentPort } from "node:worker_threads";
import { firstSpendingRow, RowChecker, type ScriptFailure } from "./row-checker.ts";
import {
  CANCELLED,
  LOWEST_FAILURE,
  NEXT_ROW,
  ROWS_DONE,
  type SharedBlock,
  type SharedView,
  viewShared,
} from "./shared-block.ts";

/** Inputs that a worker takes at a time. */
const CHUNK = 16;

/** A job for a worker. */
export interface ScriptTask {
  readonly job: number;
  readonly block: SharedBlock;
  readonly flags: number;
}

/** A worker's word that it has no more to do for a job. */
export interface ScriptReport {
  readonly job: number;
  /** The lowest failing input that this worker saw. */
  readonly failure: ScriptFailure | null;
  /** A mistake of ours: the checks could not be done. */
  readonly crash: string | null;
}

parentPort?.on("message", (task: ScriptTask) => {
  parentPort?.postMessage(work(task));
});

function work({ job, block, flags }: ScriptTask): ScriptReport {
  try {
    return { job, failure: checkChunks(viewShared(block), flags), crash: null };
  } catch (error) {
    return {
      job,
      failure: null,
      crash: error instanceof Error ? String(error.stack) : String(error),
    };
  }
}

/**
 * Takes chunks of inputs until none is left below the lowest failure. Chunks are handed out in order,
 * so every input below the lowest failure is checked by someone and the verdict is always the same.
 */
function checkChunks({ control, table, coins }: SharedView, flags: number): ScriptFailure | null {
  const checker = new RowChecker(table, coins, flags);
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
