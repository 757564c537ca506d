import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { formatBytes, formatDuration } from "../../format.ts";
import { Answer } from "../../parts/answer.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useAction, useRpc } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { peers } from "../../state/chain.ts";
import { now } from "../../state/clock.ts";
import { may } from "../../state/session.ts";
import { AddPeer } from "./add-peer.tsx";
import { AddressBookCard } from "./address-book-card.tsx";
import { type Banned, BannedCard } from "./banned-card.tsx";
import { connectionReason, wayOf } from "./connection-words.ts";
import { NetworkLinks } from "./network-links.tsx";
import { PeerDialog } from "./peer-dialog.tsx";
import type { PeerJson } from "./peer-json.ts";
import { pingText } from "./ping-text.ts";

/** Who is connected, and why. */
export function PeersPage(): JSX.Element {
  const query = useRpc<readonly PeerJson[]>("getpeerinfo", [], { topics: ["peers"] });
  const banned = useRpc<readonly Banned[]>("listbanned");
  const shown = useSignal<number | null>(null);
  const counts = peers.value;
  const chosen = query.value?.find(({ id }) => id === shown.value);
  return (
    <Page
      title="Network"
      lead={
        counts !== null &&
        (counts.active
          ? `${counts.total} connected: ${counts.outbound} that we chose, ${counts.inbound} that came to us.`
          : "The network is switched off.")
      }
      actions={may("spend") && counts !== null && <NetworkSwitch active={counts.active} />}
    >
      <NetworkLinks />
      <Card title="Peers" call={{ method: "getpeerinfo" }}>
        <Answer query={query}>
          {(list) => (
            <Table
              caption="Connected peers"
              columns={columns((id) => {
                shown.value = id;
              })}
              rows={list}
              keyOf={(peer) => peer.id}
              empty="Nobody is connected."
            />
          )}
        </Answer>
      </Card>
      <BannedCard query={banned} />
      <AddressBookCard />
      {may("spend") && <AddPeer onAdded={query.reload} />}
      {chosen !== undefined && (
        <PeerDialog
          peer={chosen}
          onClose={() => {
            shown.value = null;
          }}
          onChange={() => {
            query.reload();
            banned.reload();
          }}
        />
      )}
    </Page>
  );
}

function columns(show: (id: number) => void): readonly Column<PeerJson>[] {
  return [
    {
      head: "Peer",
      cell: (peer) => (
        <Button kind="quiet" onClick={() => show(peer.id)}>
          {peer.addr}
        </Button>
      ),
    },
    { head: "Why", cell: connectionReason },
    { head: "By", cell: wayOf, hide: "narrow" },
    { head: "Software", cell: ({ subver }) => subver.replace(/^\/|\/$/g, ""), hide: "narrow" },
    { head: "Height", cell: heightOf, align: "end" },
    { head: "Ping", cell: ({ pingtime }) => pingText(pingtime), align: "end", hide: "narrow" },
    {
      head: "Traffic",
      cell: ({ bytesrecv, bytessent }) => formatBytes(bytesrecv + bytessent),
      align: "end",
      hide: "narrow",
    },
    {
      head: "For",
      cell: ({ conntime }) => formatDuration(now.value - conntime),
      align: "end",
      hide: "narrow",
    },
  ];
}

function heightOf({ synced_blocks = -1, startingheight = -1 }: PeerJson): string {
  const height = Math.max(synced_blocks, startingheight);
  return height < 0 ? "–" : String(height);
}

function NetworkSwitch({ active }: { readonly active: boolean }): JSX.Element {
  const action = useAction();
  return (
    <>
      <Button
        busy={action.busy}
        onClick={() =>
          action.run(async () => {
            await rpc("setnetworkactive", [!active]);
          })
        }
      >
        {active ? "Switch the network off" : "Switch the network on"}
      </Button>
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
    </>
  );
}
