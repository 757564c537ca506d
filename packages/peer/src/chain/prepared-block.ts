import type { Block } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { BlockFault } from "@compeer/protocol/consensus/fault";
import type { BlockNode } from "./block-node.ts";

/** A block that was checked against the coins it spends, on its way into the chain. */
export interface PreparedBlock {
  readonly node: BlockNode;
  readonly block: Block;
  readonly spent: SpentCoins;
  /** The first broken rule, scripts aside. */
  readonly fault: BlockFault | null;
  /** What the scripts say; they may be checked still. Throws when they could not be checked. */
  readonly scripts: Promise<BlockFault | null>;
}
