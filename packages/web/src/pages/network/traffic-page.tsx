import type { JSX } from "preact";
import { formatBytes } from "../../format.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Page } from "../../parts/page.tsx";
import { useRpc } from "../../query.ts";
import { peers } from "../../state/chain.ts";
import { NetworkLinks } from "./network-links.tsx";
import type { PeerJson } from "./peer-json.ts";
import { TrafficChart } from "./traffic-chart.tsx";

interface PeerMessages extends PeerJson {
  readonly bytesrecv_per_msg?: Readonly<Record<string, number>>;
  readonly bytessent_per_msg?: Readonly<Record<string, number>>;
}

/** Bytes that come and go. */
export function TrafficPage(): JSX.Element {
  const query = useRpc<readonly PeerMessages[]>("getpeerinfo", [], { topics: ["peers"] });
  const totals = peers.value;
  const kinds = sumByMessage(query.value ?? []);
  return (
    <Page title="Traffic">
      <NetworkLinks />
      <Card title="Now" call={{ method: "getnettotals" }}>
        <TrafficChart />
        {totals !== null && (
          <Facts
            items={[
              ["Received since the start", formatBytes(totals.bytesreceived)],
              ["Sent since the start", formatBytes(totals.bytessent)],
            ]}
          />
        )}
      </Card>
      <Card title="By kind of message" call={{ method: "getpeerinfo" }}>
        {kinds.length === 0 ? <Empty title="Nothing was said yet." /> : <Facts items={kinds} />}
      </Card>
    </Page>
  );
}

const SHOWN = 12;

function sumByMessage(list: readonly PeerMessages[]): readonly (readonly [string, string])[] {
  const sums = new Map<string, number>();
  for (const { bytesrecv_per_msg = {}, bytessent_per_msg = {} } of list)
    for (const part of [bytesrecv_per_msg, bytessent_per_msg])
      for (const [name, bytes] of Object.entries(part))
        sums.set(name, (sums.get(name) ?? 0) + bytes);
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .slice(0, SHOWN)
    .map(([name, bytes]) => [name, formatBytes(bytes)]);
}
