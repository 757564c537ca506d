import { randomInt } from "node:crypto";
import type { BlockRecord } from "../storage/block-record.ts";
import type { BlockNode } from "./block-node.ts";
import type { ChainState } from "./chain-state.ts";
import { filesToPrune, pruneFiles } from "./prune.ts";

/** A regular flush comes at a random time in this span. Core: DATABASE_WRITE_INTERVAL_MIN and _MAX. */
const INTERVAL_MIN_MS = 50 * 60 * 1000;
const INTERVAL_MAX_MS = 70 * 60 * 1000;
/** Coins that may have changed since the last flush: writing them at the end takes some seconds at most. */
const MAX_CHANGES = 2_000_000;

/** Flushes where memory or pruning demands it; called between two blocks. */
export async function flushIfNeeded(state: ChainState): Promise<void> {
  const prune = state.pruneDue ? filesToPrune(state) : [];
  state.pruneDue = false;
  const isFull = state.coins.cacheState === "critical" || state.coinChanges > MAX_CHANGES;
  if (prune.length > 0 || isFull) await flush(state, prune);
}

/** Flushes when it is time, or when there is time and memory is nearly full; called when the chain is at rest. */
export async function flushWhenDue(state: ChainState): Promise<void> {
  const now = Date.now();
  if (state.nextFlushMs === 0) state.nextFlushMs = nextFlush(now);
  if (now >= state.nextFlushMs || state.coins.cacheState !== "ok") await flush(state);
}

/**
 * Brings everything to the disk: blocks first, then the index that points to them, then the coins that
 * rest on both. So whatever is lost in a crash, what is there holds together. Core: FlushStateToDisk.
 *
 * @param prune block files that go; the index forgets them before they are deleted
 */
export async function flush(state: ChainState, prune: readonly number[] = []): Promise<void> {
  if (state.pending !== null) throw new Error("no flush while a block is half connected");
  if (prune.length > 0 && !state.havePruned) {
    await state.index.setFlag("prunedblockfiles", true);
    state.havePruned = true;
  }
  await state.files.flush();
  pruneFiles(state, prune);
  await writeIndex(state);
  for (const file of prune) state.files.deleteFile(file);
  if (state.active.tip !== null) await state.coins.flush(true);
  state.coinChanges = 0;
  state.nextFlushMs = nextFlush(Date.now());
}

/** Writes what changed in the index; the block files must have been flushed. */
async function writeIndex(state: ChainState): Promise<void> {
  const nodes = state.tree.takeDirty();
  const changes = {
    blocks: nodes.map(recordOf),
    files: state.files.takeChanged(),
    lastFile: state.files.lastFile,
  };
  try {
    await state.index.write(changes);
  } catch (error) {
    for (const node of nodes) state.tree.markDirty(node);
    throw error;
  }
}

function recordOf(node: BlockNode): BlockRecord {
  const { hash, header, height, status, txCount, file, dataOffset, undoOffset } = node;
  return { hash, header80: header, height, status, txCount, file, dataOffset, undoOffset };
}

function nextFlush(nowMs: number): number {
  return nowMs + randomInt(INTERVAL_MIN_MS, INTERVAL_MAX_MS);
}
