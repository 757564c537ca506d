import { decodeHeader } from "@compeer/protocol/bitcoin/header";
import { checkHeaderProofOfWork } from "@compeer/protocol/consensus/check-header";
import type { BlockRecord } from "../storage/block-record.ts";
import { addCandidate } from "./accept-block.ts";
import { isConnectable, setFailed } from "./block-failure.ts";
import type { BlockNode } from "./block-node.ts";
import { FAILED_CHILD, VALID_TREE } from "./block-status.ts";
import { isWorse } from "./candidates.ts";
import type { ChainState } from "./chain-state.ts";
import { saveUndo } from "./read-block.ts";

/**
 * Builds the tree of the stored index. Core: BlockManager::LoadBlockIndexDB.
 *
 * @throws Error when the index is damaged or does not fit the block files
 */
export async function loadIndex(state: ChainState): Promise<void> {
  const records: BlockRecord[] = [];
  for await (const record of state.index.blocks()) records.push(record);
  records.sort((a, b) => a.height - b.height);
  for (const record of records) restore(state, record);
  for (const node of state.tree.nodes())
    if (node.haveUndo && !node.haveData) await saveUndo(state, node); // it was rotten before the start
  state.havePruned = await state.index.flag("prunedblockfiles");
  checkFiles(state);
}

/** Finds what the chain could move to. The tip must be set, so that its branch wins a draw. */
export function loadCandidates(state: ChainState): void {
  for (const node of state.tree.nodes()) {
    if (isConnectable(node)) addCandidate(state, node);
    if (node.isFailed && node.chainWork > (state.bestInvalid?.chainWork ?? 0n))
      state.bestInvalid = node;
  }
  let best: BlockNode | null = null;
  for (const node of state.tree.nodes())
    if (node.isValid(VALID_TREE) && (best === null || isWorse(best, node))) best = node;
  if (best !== null) state.tree.bestHeader = best;
}

function restore(state: ChainState, record: BlockRecord): void {
  const header = decodeHeader(record.header80);
  const isGenesis = record.height === 0;
  if (checkHeaderProofOfWork(header, state.network) !== null)
    throw new Error("The block index holds a header without proof of work");
  if (!isGenesis && state.tree.get(header.prevHash) === undefined)
    throw new Error(`The block index misses the parent of a block at height ${record.height}`);
  const node = state.tree.add(header);
  if (node.height !== record.height) throw new Error("The block index holds a wrong height");
  node.status = record.status;
  node.txCount = record.txCount;
  node.file = record.file;
  node.dataOffset = record.dataOffset;
  node.undoOffset = record.undoOffset;
  countTransactions(state, node);
  if (!node.isFailed && node.parent?.isFailed === true) setFailed(state, node, FAILED_CHILD);
}

function countTransactions(state: ChainState, node: BlockNode): void {
  const { parent, txCount } = node;
  if (txCount === 0) return;
  if (parent === null) node.chainTxCount = txCount;
  else if (parent.chainTxCount > 0) node.chainTxCount = parent.chainTxCount + txCount;
  else state.unlinked.add(node);
}

function checkFiles(state: ChainState): void {
  state.log.info("Checking all blk files are present...");
  const files = new Set<number>();
  for (const node of state.tree.nodes()) if (node.haveData) files.add(node.file);
  for (const file of files)
    if (!state.files.has(file)) throw new Error(`The block file ${file} is missing`);
}
