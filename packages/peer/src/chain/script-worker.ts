import { parentPort } from "node:worker_threads";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { checkChunks } from "./check-chunks.ts";
import type { ScriptFailure } from "./row-checker.ts";
import { type SharedBlock, viewShared } from "./shared-block.ts";

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

signatureBackend(); // opened before the first block wants it
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
