import { formatHash } from "@compeer/protocol/bytes/hash";
import { type BlockNode, SEQUENCE_BEST_CHAIN } from "./block-node.ts";
import { OPT_WITNESS } from "./block-status.ts";
import type { ChainState } from "./chain-state.ts";
import { formatTime } from "./log-format.ts";
import { progressAt } from "./progress.ts";

/**
 * Sets the tip to the block that the coins stand at. Core: LoadChainTip.
 *
 * @throws Error when the index does not have that block
 */
export function loadTip(state: ChainState): void {
  const { bestBlock } = state.coins;
  if (bestBlock === null) return;
  const tip = state.tree.get(bestBlock);
  if (tip === undefined)
    throw new Error(`The block index misses block ${formatHash(bestBlock)}, where the coins stand`);
  state.active.reset(tip);
  // So that of two branches of equal work the one we were on stays the best.
  for (let node: BlockNode | null = tip; node !== null; node = node.parent)
    node.sequenceId = SEQUENCE_BEST_CHAIN;
  checkWitnesses(state, tip);
  state.log.info(
    `Loaded best chain: hashBestChain=${formatHash(tip.hash)} height=${tip.height}` +
      ` date=${formatTime(tip.time)} progress=${progressAt(state, tip).toFixed(6)}`,
  );
}

/** Blocks that were stored without their witnesses cannot have been checked (BIP141). Core: NeedsRedownload. */
function checkWitnesses(state: ChainState, tip: BlockNode): void {
  const { segwitHeight } = state.network;
  for (let node: BlockNode | null = tip; node !== null; node = node.parent) {
    if (node.height < segwitHeight || node.height === 0) return;
    if ((node.status & OPT_WITNESS) === 0)
      throw new Error(
        `Witness data for blocks after height ${segwitHeight} requires validation. Please restart with -reindex.`,
      );
  }
}
