import { isMainThread } from "node:worker_threads";

/**
 * Loaded into a victim's process before anything else (`node --expose-gc --import`): on every message
 * it collects garbage and answers with the bytes that are still in use. Ends with who started it.
 */
if (isMainThread && process.send !== undefined) {
  process.on("message", () => {
    const { gc } = globalThis as { gc?: () => void };
    gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send?.(heapUsed + external);
  });
  process.on("disconnect", () => process.exit(1));
  process.channel?.unref();
}
