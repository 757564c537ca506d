import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { noteData } from "./accept-block.ts";
import { addHeader } from "./accept-header.ts";
import { VALID_SCRIPTS } from "./block-status.ts";
import type { ChainState } from "./chain-state.ts";

/**
 * Puts the header of the network's first block in the tree.
 *
 * @throws Error when the index belongs to another network
 */
export function addGenesis(state: ChainState): void {
  const { network, tree } = state;
  if (tree.get(network.genesisHash) !== undefined) return;
  if (tree.size > 0)
    throw new Error("Incorrect or no genesis block found. Wrong datadir for network?");
  addHeader(state, decodeBlock(network.genesis).header);
}

/** Stores the first block unless it is on disk already. Core: LoadGenesisBlock. */
export function storeGenesis(state: ChainState): void {
  const block = decodeBlock(state.network.genesis);
  const node = addHeader(state, block.header);
  if (node.haveData) return;
  noteData(state, node, block, state.files.appendBlock(block.raw, 0, node.time));
}

/** Makes the first block the tip. Its output cannot be spent, so it makes no coin. */
export function connectGenesis(state: ChainState): void {
  const block = decodeBlock(state.network.genesis);
  const node = addHeader(state, block.header);
  state.coins.apply(block, 0, new SpentCoins(block.table.inputCount));
  node.raiseValidity(VALID_SCRIPTS);
  state.active.push(node);
}
