import { access, constants } from "node:fs/promises";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { decodeHeader, HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { FilePosition } from "../storage/block-files.ts";
import { acceptBlock } from "./accept-block.ts";
import { breathe } from "./breathe.ts";
import type { ChainState } from "./chain-state.ts";
import { flush } from "./flush.ts";
import { storeGenesis } from "./genesis.ts";

/** Changes of the index that are written together while files are read. */
const MAX_DIRTY = 20_000;

/** Runs a job in the chain's queue, and the chain's move to its best block. */
export interface ImportQueue {
  run<T>(job: () => Promise<T> | T): Promise<T>;
  activate(): Promise<void>;
}

/**
 * Notes that a -reindex is under way, so that the next start goes on with it. With pruning, what lies
 * behind a gap in the files goes first: it would be read again and again. Core: CompleteChainstateInitialization.
 */
export async function startReindex(state: ChainState): Promise<void> {
  await state.index.setReindexing(true);
  if (state.settings.prune !== "off") state.files.deleteUnusable();
}

/**
 * Builds the index anew from the block files (-reindex). Blocks are only stored and linked here; they
 * are connected afterwards, when all headers are known, so that -assumevalid counts.
 * Core: ImportBlocks, LoadExternalBlockFile.
 */
export async function reindexFiles(
  state: ChainState,
  queue: ImportQueue,
  signal: AbortSignal | undefined,
): Promise<void> {
  const early = new EarlyBlocks();
  for (let file = 0; state.files.has(file); file++) {
    state.log.info(`Reindexing block file blk${String(file).padStart(5, "0")}.dat...`);
    await readFile(state, queue, file, early, signal);
    if (isStopped(state, signal)) return;
  }
  await queue.run(() => finishReindex(state));
}

async function finishReindex(state: ChainState): Promise<void> {
  storeGenesis(state);
  state.reindexing = false;
  await flush(state);
  await state.index.setReindexing(false);
  state.log.info("Reindexing finished");
}

/** Reads blocks from a file that is not ours (-loadblock) and stores those that are new. */
export async function loadFile(
  state: ChainState,
  queue: ImportQueue,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch {
    state.log.warning(`Could not open blocks file ${path}`);
    return;
  }
  state.log.info(`Importing blocks file ${path}...`);
  await readFile(state, queue, path, null, signal);
}

async function readFile(
  state: ChainState,
  queue: ImportQueue,
  source: number | string,
  early: EarlyBlocks | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const start = performance.now();
  let loaded = 0;
  for await (const { at, raw } of state.files.scan(source)) {
    if (isStopped(state, signal)) return;
    const stored = await importBlock(state, raw, early === null ? null : at, early);
    loaded += stored;
    // A foreign file is connected as it is read: blocks are still in memory, and a pruning peer can prune.
    if (early === null && stored > 0) await connectMeanwhile(state, queue);
    if (state.tree.dirtyCount > MAX_DIRTY) await queue.run(() => flush(state));
    await breathe();
  }
  const took = Math.round(performance.now() - start);
  state.log.info(`Loaded ${loaded} blocks from external file in ${took}ms`);
}

/** Sees that blocks are being connected, and waits while more of them are in memory than should be. */
async function connectMeanwhile(state: ChainState, queue: ImportQueue): Promise<void> {
  let isOver = false;
  const run = queue.activate().then(() => {
    isOver = true;
  });
  while (!isOver && !state.recent.hasRoom) await Promise.race([run, nextTip(state)]);
}

function nextTip(state: ChainState): Promise<void> {
  return new Promise((resolve) => {
    const off = state.tipChanged.on(() => {
      off();
      resolve();
    });
  });
}

/** Stores one block and those that waited for it; one whose parent is unknown waits. Returns how many. */
async function importBlock(
  state: ChainState,
  raw: Uint8Array,
  at: FilePosition | null,
  early: EarlyBlocks | null,
): Promise<number> {
  if (raw.length < HEADER_SIZE) return 0;
  const header = decodeHeader(raw.subarray(0, HEADER_SIZE));
  const isGenesis = equalBytes(header.hash, state.network.genesisHash);
  if (!isGenesis && state.tree.get(header.prevHash) === undefined) {
    if (at !== null) early?.add(header.prevHash, at);
    return 0;
  }
  if (state.tree.get(header.hash)?.haveData !== true) {
    const block = tryDecode(raw);
    if (block === null || !store(state, block, at)) return 0;
    return 1 + (early === null ? 0 : await importChildren(state, header.hash, early));
  }
  return early === null ? 0 : importChildren(state, header.hash, early);
}

/** Goes on with the blocks that came before `parent` in the files. */
async function importChildren(
  state: ChainState,
  parent: Uint8Array,
  early: EarlyBlocks,
): Promise<number> {
  let stored = 0;
  const parents = [parent];
  for (let hash = parents.pop(); hash !== undefined; hash = parents.pop()) {
    for (const at of early.take(hash)) {
      if (state.isStopping) return stored;
      const block = tryDecode(await state.files.readBlock(at));
      if (block === null || !store(state, block, at)) continue;
      stored++;
      parents.push(block.hash);
    }
  }
  return stored;
}

function store(state: ChainState, block: Block, at: FilePosition | null): boolean {
  const options = at === null ? { force: true } : { force: true, at };
  return acceptBlock(state, block, options).isNew;
}

/** What does not decode is passed over: old versions left such bytes in the files. */
function tryDecode(raw: Uint8Array): Block | null {
  try {
    return decodeBlock(raw);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function isStopped(state: ChainState, signal: AbortSignal | undefined): boolean {
  return state.isStopping || signal?.aborted === true;
}

/** Where blocks stand that came before their parents, by parent. */
class EarlyBlocks {
  readonly #byParent = new Map<string, FilePosition[]>();

  add(parent: Uint8Array, at: FilePosition): void {
    const key = hashKey(parent);
    const positions = this.#byParent.get(key);
    if (positions === undefined) this.#byParent.set(key, [at]);
    else positions.push(at);
  }

  take(parent: Uint8Array): readonly FilePosition[] {
    const key = hashKey(parent);
    const positions = this.#byParent.get(key) ?? [];
    this.#byParent.delete(key);
    return positions;
  }
}
