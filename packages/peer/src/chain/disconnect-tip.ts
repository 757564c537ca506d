import { formatHash } from "@compeer/protocol/bytes/hash";
import type { ChainState } from "./chain-state.ts";
import { flushIfNeeded } from "./flush.ts";
import { logTip } from "./progress.ts";
import { readBlock, readSpent } from "./read-block.ts";

/** Takes the tip off the chain and puts the coins back that it spent. Core: DisconnectTip. */
export async function disconnectTip(state: ChainState): Promise<void> {
  const node = state.tip;
  const { parent } = node;
  if (parent === null) throw new Error("the genesis block cannot be disconnected");
  const block = await readBlock(state, node);
  const spent = block === null ? null : await readSpent(state, node, block);
  if (block === null || spent === null)
    throw new Error(`Failed to disconnect block ${formatHash(node.hash)}: its data is not on disk`);
  if (state.coins.revert(block, node.height, spent) === "unclean")
    throw new Error(`Failed to disconnect block ${formatHash(node.hash)}: the coins do not fit it`);
  state.active.pop();
  for (const [name, height] of state.pruneLocks)
    if (height > parent.height) state.pruneLocks.set(name, parent.height);
  logTip(state, parent);
  state.blockDisconnected.emit({ node, block });
  await flushIfNeeded(state);
}
