import type { JSX } from "preact";
import { formatCount } from "../../format.ts";
import { Card } from "../../parts/card.tsx";
import { Table } from "../../parts/table.tsx";
import { useRpc } from "../../query.ts";
import { networkName } from "./connection-words.ts";

interface Counts {
  readonly new: number;
  readonly tried: number;
  readonly total: number;
}

/** How many addresses of others the peer knows, by network; nothing from a peer that cannot tell. */
export function AddressBookCard(): JSX.Element | null {
  const { value } = useRpc<Readonly<Record<string, Counts>>>("getaddrmaninfo", [], {
    topics: ["peers"],
  });
  if (value === undefined) return null;
  const { all_networks: all, ...networks } = value;
  const rows = Object.entries(networks).filter(([, { total }]) => total > 0);
  return (
    <Card title="Addresses it knows" call={{ method: "getaddrmaninfo" }}>
      <Table
        caption="Known addresses by network"
        rows={all === undefined || rows.length < 2 ? rows : [...rows, ["all", all] as const]}
        keyOf={([name]) => name}
        empty="None yet: the first peers bring them."
        columns={[
          { head: "Network", cell: ([name]) => networkName(name) },
          { head: "Reached before", align: "end", cell: ([, { tried }]) => formatCount(tried) },
          { head: "Heard of", align: "end", cell: ([, counts]) => formatCount(counts.new) },
        ]}
      />
    </Card>
  );
}
