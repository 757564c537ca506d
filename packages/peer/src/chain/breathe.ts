import type { Block } from "@compeer/protocol/bitcoin/block";
import { Turns } from "./turns.ts";

/** A block of this size takes the main thread some milliseconds a step. */
const LARGE_BYTES = 250_000;

const turns = new Turns();

/**
 * Lets the event loop turn, so that sockets and doors are served. Whoever waits here goes on in a turn
 * of his own: the steps of several blocks that come together do not add up to one long stop.
 */
export function breathe(): Promise<void> {
  return turns.next();
}

/** Lets the event loop turn between two steps of work on a large block. */
export async function breatheIfLarge(block: Block): Promise<void> {
  if (block.raw.length >= LARGE_BYTES) await breathe();
}
