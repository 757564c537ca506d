import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { type Query, useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { may } from "../../state/session.ts";

/** One line of listbanned. */
export interface Banned {
  readonly address: string;
  readonly ban_created: number;
  readonly banned_until: number;
}

/** Who is refused, and the way to let them in again; nothing while nobody is. */
export function BannedCard({
  query,
}: {
  readonly query: Query<readonly Banned[]>;
}): JSX.Element | null {
  const action = useAction();
  const { value: banned = [] } = query;
  if (banned.length === 0) return null;
  const allow = ({ address }: Banned): void =>
    action.run(async () => {
      await rpc("setban", [address, "remove"]);
      query.reload();
    });
  return (
    <Card title="Refused" call={{ method: "listbanned" }}>
      <Table
        caption="Refused addresses"
        rows={banned}
        keyOf={({ address }) => address}
        columns={[
          { head: "Address", cell: ({ address }) => <span class="mono">{address}</span> },
          {
            head: "Since",
            hide: "narrow",
            cell: ({ ban_created }) => <Time seconds={ban_created} />,
          },
          { head: "Ends", cell: ({ banned_until }) => <Time seconds={banned_until} /> },
          {
            head: "Way back",
            cell: (one) =>
              may("spend") && (
                <Button
                  kind="quiet"
                  busy={action.busy}
                  label={`Let ${one.address} in again`}
                  onClick={() => allow(one)}
                >
                  Let in
                </Button>
              ),
          },
        ]}
      />
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
    </Card>
  );
}
