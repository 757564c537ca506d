import { type Block, blockTxid, witnessIds } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { connectBlock } from "@compeer/protocol/consensus/connect-block";
import { needsDuplicateCheck } from "@compeer/protocol/consensus/duplicate-transactions";
import { type BlockFault, blockFault } from "@compeer/protocol/consensus/fault";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import { scriptErrorText } from "@compeer/protocol/script/script-error";
import { scriptCheckReason } from "./assume-valid.ts";
import type { BlockNode } from "./block-node.ts";
import { breatheIfLarge } from "./breathe.ts";
import type { ChainState } from "./chain-state.ts";
import type { PreparedBlock } from "./prepared-block.ts";
import type { ScriptFailure } from "./row-checker.ts";

/** Loads the coins that a block on top of the coins' state spends, and checks the block against them. */
export async function prepareBlock(
  state: ChainState,
  node: BlockNode,
  block: Block,
): Promise<PreparedBlock> {
  const passed = Promise.resolve(null);
  const parent = node.parent as BlockNode;
  const { spent, fault } = await checkAgainstCoins(state, block, parent);
  if (fault !== null) return { node, block, spent, fault, scripts: passed };
  const scripts =
    scriptCheckReason(state, node) === null
      ? passed
      : checkScripts(state, block, spent, node.height);
  // A fault of the block before may end the work on this one: then nobody waits for its scripts.
  scripts.catch(() => undefined);
  return { node, block, spent, fault, scripts };
}

/** Every rule of a block on top of the coins' state but the scripts. */
export async function checkAgainstCoins(
  state: ChainState,
  block: Block,
  parent: BlockNode,
): Promise<{ spent: SpentCoins; fault: BlockFault | null }> {
  const { network, coins } = state;
  const height = parent.height + 1;
  let duplicate = -1;
  if (needsDuplicateCheck(height, block.hash, parent, network)) {
    duplicate = await coins.duplicateIn(block);
    await breatheIfLarge(block);
  }
  const loading = coins.load(block, height);
  const spent = loading instanceof Promise ? await loading : loading;
  await breatheIfLarge(block);
  const flags = blockScriptFlags(block.hash, height, network);
  const { fault } = connectBlock(block, spent, { height, parent, network, flags, duplicate });
  return { spent, fault };
}

/** The scripts of a block whose coins are all there. */
export async function checkScripts(
  state: ChainState,
  block: Block,
  spent: SpentCoins,
  height: number,
): Promise<BlockFault | null> {
  const flags = blockScriptFlags(block.hash, height, state.network);
  const known = knownScripts(state, block, flags);
  const failure = await state.scripts.check(block, spent, flags, known);
  return failure === null ? null : scriptFault(block, failure);
}

/** Which transactions passed under these flags when they entered the mempool; null for none. */
function knownScripts(state: ChainState, block: Block, flags: number): Uint8Array | null {
  const { scriptCache } = state;
  if (scriptCache.isEmpty) return null;
  const wtxids = witnessIds(block);
  const known = new Uint8Array(block.transactions.length);
  for (let i = 1; i < known.length; i++) if (scriptCache.has(wtxids, flags, 32 * i)) known[i] = 1;
  return known;
}

function scriptFault(block: Block, { tx: index, input, error }: ScriptFailure): BlockFault {
  const tx = block.transactions[index] as TransactionView;
  const txid = formatHash(blockTxid(block, index));
  const wtxid = formatHash(witnessTransactionId(tx));
  const outpoint = `${formatHash(tx.prevTxid(input))}:${tx.prevIndex(input)}`;
  return blockFault(
    "consensus",
    `block-script-verify-flag-failed (${scriptErrorText(error)})`,
    `input ${input} of ${txid} (wtxid ${wtxid}), spending ${outpoint}`,
  );
}
