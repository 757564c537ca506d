import type { Standing } from "../../net/audit/standing.ts";

/** Where a peer's best header stands, behind "it". */
export function standingWords({ state, best, fork }: Standing): string {
  const at = best === null ? "" : `block ${best.height}`;
  const from = fork === null ? "" : `block ${fork.height}`;
  switch (state) {
    case "nothing":
      return "told of no block that we know";
    case "same":
      return "stands at our tip";
    case "behind":
      return `told of our chain up to ${at}`;
    case "ahead":
      return `is ahead of us on our chain, at ${at}`;
    case "less-work":
      return `is on another branch since ${from}, of less work than ours: it should follow us`;
    case "equal-work":
      return `is on another branch since ${from}, of as much work as ours: the next block decides`;
    case "more-work":
      return `is on another branch since ${from}, of more work than ours: we should follow it and fetch its blocks`;
    case "refused":
      return `is on another branch since ${from} that breaks our rules: one of us has other rules, or is damaged`;
  }
}
