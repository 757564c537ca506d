import { setImmediate } from "node:timers/promises";
import type { Block } from "@compeer/protocol/bitcoin/block";

/** A block of this size takes the main thread some milliseconds a step. */
const LARGE_BYTES = 250_000;

/** Lets the event loop turn, so that sockets and doors are served. */
export async function breathe(): Promise<void> {
  await setImmediate();
}

/** Lets the event loop turn between two steps of work on a large block. */
export async function breatheIfLarge(block: Block): Promise<void> {
  if (block.raw.length >= LARGE_BYTES) await setImmediate();
}
