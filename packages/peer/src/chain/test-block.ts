import type { Block } from "@compeer/protocol/bitcoin/block";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { checkBlock } from "@compeer/protocol/consensus/check-block";
import { checkBlockContext } from "@compeer/protocol/consensus/check-block-context";
import { checkHeaderContext } from "@compeer/protocol/consensus/check-header";
import { type BlockFault, blockFault } from "@compeer/protocol/consensus/fault";
import { breatheIfLarge } from "./breathe.ts";
import type { ChainState } from "./chain-state.ts";
import { checkAgainstCoins, checkScripts } from "./prepare-block.ts";

export interface TestOptions {
  /** False for a block that is not mined yet. */
  readonly checkPow?: boolean;
  readonly checkMerkleRoot?: boolean;
}

/** The first rule that a block would break on top of the tip; nothing is changed. Core: TestBlockValidity. */
export async function testBlock(
  state: ChainState,
  block: Block,
  options: TestOptions,
): Promise<BlockFault | null> {
  const { network, tip } = state;
  if (!equalBytes(block.header.prevHash, tip.hash))
    return blockFault("consensus", "inconclusive-not-best-prevblk", "");
  const alone = checkBlock(block, network, options);
  if (alone !== null) return alone;
  await breatheIfLarge(block);
  const fault =
    checkHeaderContext(block.header, tip, network, state.clock.now()) ??
    checkBlockContext(block, tip, network);
  if (fault !== null) return fault;
  await breatheIfLarge(block);
  const connected = await checkAgainstCoins(state, block, tip);
  if (connected.fault !== null) return connected.fault;
  await breatheIfLarge(block);
  return checkScripts(state, block, connected.spent, tip.height + 1);
}
