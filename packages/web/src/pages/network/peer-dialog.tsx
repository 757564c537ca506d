import type { JSX } from "preact";
import { formatBytes } from "../../format.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { may } from "../../state/session.ts";
import { connectionMerits, connectionReason, networkName } from "./connection-words.ts";
import type { PeerJson } from "./peer-json.ts";
import { pingText } from "./ping-text.ts";

interface Props {
  readonly peer: PeerJson;
  onClose(): void;
  onChange(): void;
}

/** All about one peer, and the ways to part from it. */
export function PeerDialog({ peer, onClose, onChange }: Props): JSX.Element {
  const action = useAction();
  const part = (work: () => Promise<unknown>): void =>
    action.run(async () => {
      await work();
      onChange();
      onClose();
    });
  const merits = connectionMerits(peer);
  return (
    <Dialog
      title={peer.addr}
      onClose={onClose}
      actions={
        may("spend") && (
          <>
            <Button
              busy={action.busy}
              onClick={() => part(() => rpc("disconnectnode", { nodeid: peer.id }))}
            >
              Disconnect
            </Button>
            <Button kind="danger" busy={action.busy} onClick={() => part(() => ban(peer.addr))}>
              Refuse for a day
            </Button>
          </>
        )
      }
    >
      <Facts
        items={[
          ["Why", connectionReason(peer)],
          merits.length === 0 ? null : ["Notable", merits.join("; ")],
          ["Software", `${peer.subver} (${peer.version})`],
          ["Offers", peer.servicesnames.join(", ").toLowerCase() || "nothing"],
          ["Connected", <Time key="time" seconds={peer.conntime} />],
          ["Network", networkName(peer.network ?? "–")],
          ["Transport", TRANSPORTS[peer.transport_protocol_type ?? "v1"] ?? "not known yet"],
          ["Ping", `${pingText(peer.pingtime)}, best ${pingText(peer.minping)}`],
          ["Received", formatBytes(peer.bytesrecv)],
          ["Sent", formatBytes(peer.bytessent)],
          ["Headers", String(peer.synced_headers ?? "–")],
          ["Blocks", String(peer.synced_blocks ?? "–")],
        ]}
      />
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
    </Dialog>
  );
}

const TRANSPORTS: { readonly [type: string]: string } = {
  v1: "v1: in the open",
  v2: "v2: encrypted (BIP324)",
};

const DAY_SECONDS = 86_400;

async function ban(address: string): Promise<void> {
  const host = address.replace(/:[0-9]+$/, "").replace(/^\[|\]$/g, "");
  await rpc("setban", [host, "add", DAY_SECONDS]);
}
