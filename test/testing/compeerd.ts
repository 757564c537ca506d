import { fileURLToPath } from "node:url";
import { NodeProcess } from "./node-process.ts";

/** This file runs as test/dist/testing/compeerd.js, three folders below the root. */
const daemon = fileURLToPath(new URL("../../../packages/peer/bin/compeerd", import.meta.url));

/** Starts our daemon on regtest with its data in `directory`. */
export function startCompeerd(
  directory: string,
  ...options: readonly string[]
): Promise<NodeProcess> {
  return NodeProcess.start([process.execPath, daemon], directory, options);
}
