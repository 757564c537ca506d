import { formatHash } from "@compeer/protocol/bytes/hash";
import type { ChainState } from "./chain-state.ts";
import { flushIfNeeded } from "./flush.ts";
import { logTip } from "./progress.ts";
import { readBlock, readSpent } from "./read-block.ts";

/**
 * Takes the tip off the chain and puts the coins back that it spent. Core: DisconnectTip.
 *
 * @param revives whether its transactions are to be looked at again
 * @returns false when the block has rotted on disk: the chain stays as it is until that was fetched again
 * @throws Error when its undo data is gone or the coins do not fit
 */
export async function disconnectTip(state: ChainState, revives = true): Promise<boolean> {
  const node = state.tip;
  const { parent } = node;
  if (parent === null) throw new Error("the genesis block cannot be disconnected");
  const block = await readBlock(state, node);
  if (block === null) {
    state.log.warning(
      `Block ${formatHash(node.hash)} cannot be disconnected before it is fetched again`,
    );
    return false;
  }
  const spent = await readSpent(state, node, block);
  if (spent === null)
    throw new Error(
      `Failed to disconnect block ${formatHash(node.hash)}: its undo data is not on disk`,
    );
  if (state.coins.revert(block, node.height, spent) === "unclean")
    throw new Error(`Failed to disconnect block ${formatHash(node.hash)}: the coins do not fit it`);
  state.active.pop();
  for (const [name, height] of state.pruneLocks)
    if (height > parent.height) state.pruneLocks.set(name, parent.height);
  logTip(state, parent);
  state.blockDisconnected.emit({ node, block, revives });
  await flushIfNeeded(state);
  return true;
}
