import type { BlockNode } from "../../chain/block-node.ts";
import type { NetChain } from "../net-parts.ts";

/** Where the best header that a peer told of stands against our chain. */
export interface Standing {
  /** "nothing": it told of no header that we know. "refused": of a branch that breaks our rules. */
  readonly state:
    | "same"
    | "behind"
    | "ahead"
    | "less-work"
    | "equal-work"
    | "more-work"
    | "refused"
    | "nothing";
  readonly best: BlockNode | null;
  /** The last block in common; null when it told of nothing. */
  readonly fork: BlockNode | null;
}

export function standingOf(
  best: BlockNode | null,
  chain: Pick<NetChain, "tip" | "findFork">,
): Standing {
  if (best === null) return { state: "nothing", best, fork: null };
  const { tip } = chain;
  const fork = chain.findFork(best);
  const standing = (state: Standing["state"]): Standing => ({ state, best, fork });
  if (best === tip) return standing("same");
  if (fork === best) return standing("behind");
  if (best.isFailed) return standing("refused");
  if (fork === tip) return standing("ahead");
  if (best.chainWork === tip.chainWork) return standing("equal-work");
  return standing(best.chainWork > tip.chainWork ? "more-work" : "less-work");
}
