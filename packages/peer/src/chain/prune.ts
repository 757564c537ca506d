import type { BlockFileInfo } from "../storage/block-file-info.ts";
import { MIN_BLOCKS_TO_KEEP } from "./accept-block.ts";
import type { BlockNode } from "./block-node.ts";
import { HAVE_DATA, HAVE_UNDO } from "./block-status.ts";
import type { ChainState } from "./chain-state.ts";

/** Files grow by such pieces: room that is left for the next. Core: BLOCKFILE_CHUNK_SIZE, UNDOFILE_CHUNK_SIZE. */
const CHUNKS = (16 << 20) + (1 << 20);
/** Blocks that a follower's lock keeps below its height. Core: PRUNE_LOCK_BUFFER. */
const LOCK_BUFFER = 10;
/** What a block is taken to need while blocks stream in. */
const BLOCK_BYTES = 1_000_000;
/** Core: MIN_DISK_SPACE_FOR_BLOCK_FILES. */
const MIN_TARGET = 550 << 20;

/** The oldest files that must go so that the rest stays below the target. Core: FindFilesToPrune. */
export function filesToPrune(state: ChainState): number[] {
  const { prune } = state.settings;
  const { height } = state.active;
  if (typeof prune !== "number" || state.reindexing) return [];
  if (height <= state.network.pruneAfterHeight) return [];
  const target = Math.max(prune, MIN_TARGET);
  let usage = state.files.diskUsage();
  if (usage + CHUNKS < target) return [];
  const room = target - CHUNKS - comingBytes(state);
  const chosen: number[] = [];
  for (const file of removableFiles(state, height)) {
    if (usage < room) break;
    const info = state.files.files()[file] as BlockFileInfo;
    usage -= info.size + info.undoSize;
    chosen.push(file);
  }
  return chosen;
}

/** All files that hold nothing above `height`, by hand (pruneblockchain). Core: FindFilesToPruneManual. */
export function filesUpTo(state: ChainState, height: number): number[] {
  return removableFiles(state, height);
}

/** Forgets, in memory, what the files hold: the index is written before they are deleted. Core: PruneOneBlockFile. */
export function pruneFiles(state: ChainState, files: readonly number[]): void {
  if (files.length === 0) return;
  for (const file of files) state.files.forget(file);
  const gone = new Set(files);
  for (const node of state.tree.nodes()) {
    if (!(node.haveData || node.haveUndo) || !gone.has(node.file)) continue;
    node.status &= ~(HAVE_DATA | HAVE_UNDO);
    node.file = 0;
    node.dataOffset = 0;
    node.undoOffset = 0;
    state.tree.markDirty(node);
    state.unlinked.remove(node);
    state.recent.take(node);
  }
  state.log.debug("prune", `Pruned ${files.length} blk/rev pairs`);
}

/** Height of the last block whose data or undo data is gone; -1 when all are here. Core: GetPruneHeight. */
export function lastPruned(state: ChainState): number {
  const { tip } = state.active;
  if (tip === null) return -1;
  if (!isWhole(tip) && tip.height > 0) return tip.height;
  let height = tip.height;
  while (height > 0 && isWhole(state.active.at(height) as BlockNode)) height--;
  return height === 0 ? -1 : height;
}

function isWhole(node: BlockNode): boolean {
  return node.haveData && node.haveUndo;
}

/** Files, oldest first, that hold only blocks which may go. The newest file is never among them. */
function removableFiles(state: ChainState, upTo: number): number[] {
  const free = Math.min(upTo, state.active.height - MIN_BLOCKS_TO_KEEP);
  const last = Math.min(free, lockedHeight(state));
  const infos = state.files.files();
  const files: number[] = [];
  for (let file = 0; file < state.files.lastFile; file++) {
    const info = infos[file];
    if (info !== undefined && info.size > 0 && info.heightLast <= last) files.push(file);
  }
  return files;
}

/** Last height that no follower needs. */
function lockedHeight(state: ChainState): number {
  let last = Number.POSITIVE_INFINITY;
  let limiting = "";
  for (const [name, height] of state.pruneLocks) {
    const own = Math.max(1, height - LOCK_BUFFER - 1);
    if (own >= last) continue;
    last = own;
    limiting = name;
  }
  if (limiting !== "") state.log.debug("prune", `${limiting} limited pruning to height ${last}`);
  return last;
}

/** While blocks stream in, more is removed at once, since each time means a flush. */
function comingBytes(state: ChainState): number {
  if (!state.isInitialDownload) return 0;
  return Math.max(0, state.tree.bestHeader.height - state.active.height) * BLOCK_BYTES;
}
