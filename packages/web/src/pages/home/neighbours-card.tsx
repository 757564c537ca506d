import type { JSX } from "preact";
import { formatBytes, formatCount } from "../../format.ts";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Link } from "../../parts/link.tsx";
import { Loading } from "../../parts/loading.tsx";
import { peers, sync } from "../../state/chain.ts";

/** Whom the peer talks to, and what it keeps. */
export function NeighboursCard(): JSX.Element {
  const state = peers.value;
  return (
    <Card
      title="Other peers"
      call={{ method: "getnetworkinfo" }}
      actions={<Link href="/peers">Peers</Link>}
    >
      {state === null ? (
        <Loading />
      ) : (
        <>
          <p class="big-number">
            {formatCount(state.total)} <span class="unit">connected</span>
          </p>
          <Facts
            items={[
              [
                "Asked by us, came to us",
                `${formatCount(state.outbound)}, ${formatCount(state.inbound)}`,
              ],
              ["Received", formatBytes(state.bytesreceived)],
              ["Sent", formatBytes(state.bytessent)],
              sync.value === null ? null : ["Chain on this disk", formatBytes(sync.value.disksize)],
            ]}
          />
        </>
      )}
    </Card>
  );
}
