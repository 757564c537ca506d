import type { JSX } from "preact";
import { formatCount } from "../../format.ts";
import { Badge } from "../../parts/badge.tsx";

/** How sure this peer is of what stands in a block: its own work, nobody's word. */
export function CheckedBadge({ confirmations }: { readonly confirmations: number }): JSX.Element {
  if (confirmations < 0) {
    return (
      <Badge
        kind="bad"
        icon="warning"
        title="Another branch has more work; this block does not count"
      >
        Not in the active chain
      </Badge>
    );
  }
  return (
    <>
      <Badge
        kind="good"
        icon="shield"
        title="This peer has applied every rule of the network to this block by itself"
      >
        Checked by this peer
      </Badge>
      <Badge>
        {confirmations === 1 ? "1 confirmation" : `${formatCount(confirmations)} confirmations`}
      </Badge>
    </>
  );
}
