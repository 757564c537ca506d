import type { JSX } from "preact";
import { formatCount, formatDuration, formatShare } from "../../format.ts";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Progress } from "../../parts/progress.tsx";
import type { SyncState } from "../../state/chain.ts";

const LIMITS = {
  network: "the other peers and the line to them",
  processor: "this machine's processor",
} as const;

/** How far the peer is with checking the chain, and what can be told honestly about the rest. */
export function SyncCard({ state }: { readonly state: SyncState }): JSX.Element {
  const { stage, text, progress, height, headers, blockrate, txrate, limit, usable } = state;
  const counts = stage === "blocks" || stage === "importing";
  return (
    <Card title={text} call={{ method: "getsyncprogress" }}>
      <div class="sync-line">
        <span class="big-number">{counts ? formatShare(progress) : "…"}</span>
        <span class="muted">{etaWords(state)}</span>
      </div>
      <Progress share={counts ? progress : null} label="Share of the chain that is checked" />
      <Facts
        items={[
          ["Blocks", `${formatCount(height)} of ${formatCount(headers)}`],
          blockrate === null ? null : ["Speed", speedWords(blockrate, txrate)],
          limit === null ? null : ["Held back by", LIMITS[limit]],
          ["Meanwhile", usable],
        ]}
      />
    </Card>
  );
}

/** Time left in rough words: nobody knows the seconds. */
function etaWords({ eta, blocksleft, stage }: SyncState): string {
  if (stage !== "blocks" && stage !== "importing") return "";
  if (eta === null) return `${formatCount(blocksleft)} blocks left; too early to tell how long`;
  const [largest = ""] = formatDuration(Math.max(60, eta)).split(" ");
  return `about ${largest} left`;
}

function speedWords(blockrate: number, txrate: number | null): string {
  const blocks = `${formatCount(Number(blockrate.toPrecision(2)))} blocks a second`;
  return txrate === null ? blocks : `${blocks}, ${formatCount(Math.round(txrate))} transactions`;
}
