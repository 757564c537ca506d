import type { Block } from "../bitcoin/block.ts";
import type { Network } from "../bitcoin/network.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { numberPart, scriptOf } from "../script/build-script.ts";
import type { ChainPoint } from "./chain-point.ts";
import { type BlockFault, blockFault } from "./fault.ts";
import { MAX_BLOCK_WEIGHT } from "./limits.ts";
import { isFinal } from "./lock-time.ts";
import { checkWitnesses } from "./witness-commitment.ts";

/**
 * First rule that `block` breaks at its place in the chain, coins aside; it has passed `checkBlock`.
 * Core: ContextualCheckBlock.
 *
 * @param parent null for the first block
 */
export function checkBlockContext(
  block: Block,
  parent: ChainPoint | null,
  network: Network,
): BlockFault | null {
  const height = parent === null ? 0 : parent.height + 1;
  // BIP113
  const time =
    parent !== null && height >= network.csvHeight ? parent.medianTimePast : block.header.time;
  return checkBlockAtHeight(block, height, time, network);
}

/** The same, with the time that lock times are compared with given. */
export function checkBlockAtHeight(
  block: Block,
  height: number,
  time: number,
  network: Network,
): BlockFault | null {
  for (const tx of block.transactions)
    if (!isFinal(tx, height, time))
      return blockFault("consensus", "bad-txns-nonfinal", "non-final transaction");
  if (height >= network.bip34Height && !startsWithHeight(block, height))
    return blockFault("consensus", "bad-cb-height", "block height mismatch in coinbase");
  const fault = checkWitnesses(block, height >= network.segwitHeight);
  if (fault !== null) return fault;
  // Not before the witnesses are known to be the committed ones: anyone could have made them larger.
  if (block.weight > MAX_BLOCK_WEIGHT)
    return blockFault("consensus", "bad-blk-weight", "ContextualCheckBlock : weight limit failed");
  return null;
}

/** BIP34. */
function startsWithHeight(block: Block, height: number): boolean {
  const expected = heightPush(height);
  const script = (block.transactions[0] as TransactionView).inputScript(0);
  if (script.length < expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (script[i] !== expected[i]) return false;
  return true;
}

/** The push of its height that a coinbase script begins with (BIP34). Core: CScript() << height. */
export function heightPush(height: number): Uint8Array {
  return scriptOf(numberPart(height));
}
