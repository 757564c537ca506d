import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Answer } from "../../parts/answer.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Qr } from "../../parts/qr.tsx";
import { Select } from "../../parts/select.tsx";
import { Time } from "../../parts/time.tsx";
import { useAction, useRpc } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { may, type Scope, session } from "../../state/session.ts";
import { PageSessions } from "./page-sessions.tsx";
import { SettingsLinks } from "./settings-links.tsx";

/** How others reach this peer: programs, other peers, another browser. */
export function ConnectPage(): JSX.Element {
  return (
    <Page title="Connect">
      <SettingsLinks />
      <div class="split">
        <RpcCard />
        <PeerCard />
        {may("spend") && <BrowserCard />}
        {may("spend") && <PageSessions />}
      </div>
    </Page>
  );
}

const RPC_PORTS: { readonly [chain: string]: number } = {
  main: 8332,
  test: 18332,
  testnet4: 48332,
  signet: 38332,
  regtest: 18443,
};

function RpcCard(): JSX.Element {
  const chain = session.value?.chain ?? "main";
  const port = RPC_PORTS[chain] ?? RPC_PORTS["main"];
  return (
    <Card title="Programs" call={{ method: "getrpcinfo" }}>
      <p>
        Every program that speaks to bitcoind speaks to this peer, with the same calls over
        JSON-RPC.
      </p>
      <Facts
        items={[
          ["Network", chain],
          ["Address", <code key="address">127.0.0.1:{port}</code>],
          ["Password", "in the file .cookie of the data directory"],
        ]}
      />
      <p class="muted small">The port is another one if the peer was started with -rpcport.</p>
    </Card>
  );
}

interface NetworkInfo {
  readonly localaddresses: readonly { readonly address: string; readonly port: number }[];
  readonly networks: readonly { readonly name: string; readonly reachable: boolean }[];
}

function PeerCard(): JSX.Element {
  const info = useRpc<NetworkInfo>("getnetworkinfo");
  return (
    <Card title="Other peers" call={{ method: "getnetworkinfo" }}>
      <Answer query={info}>
        {({ localaddresses, networks }) => {
          const reachable = networks.filter((network) => network.reachable);
          const [own] = localaddresses;
          const address = own === undefined ? null : `${own.address}:${own.port}`;
          return (
            <div class="stack">
              <Facts
                items={[
                  ["Networks", reachable.map(({ name }) => name).join(", ") || "none"],
                  ["Known as", address ?? "nobody has told us our address yet"],
                ]}
              />
              {address !== null && (
                <>
                  <Qr text={address} label={`Address of this peer: ${address}`} />
                  <Copy text={address} label="the address" words="Copy" />
                </>
              )}
            </div>
          );
        }}
      </Answer>
    </Card>
  );
}

interface PageLink {
  readonly url: string;
  readonly expires: number;
}

const SCOPES: readonly { readonly value: Scope; readonly label: string }[] = [
  { value: "view", label: "Look at the chain" },
  { value: "wallet", label: "Look at wallets too" },
  { value: "spend", label: "Everything" },
];

function BrowserCard(): JSX.Element {
  const scope = useSignal<Scope>("view");
  const link = useSignal<PageLink | null>(null);
  const action = useAction();
  const create = (): void =>
    action.run(async () => {
      link.value = await rpc<PageLink>("createpagelink", [scope.value]);
    });
  return (
    <Card title="Another browser" call={{ method: "createpagelink", params: [scope.value] }}>
      <div class="stack">
        <Select
          label="It may"
          value={scope.value}
          options={SCOPES}
          onChange={(value) => {
            scope.value = value as Scope;
          }}
        />
        <p class="row">
          <Button busy={action.busy} onClick={create}>
            Make a link
          </Button>
        </p>
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {link.value !== null && (
          <>
            <Notice kind="warning">
              Whoever opens this link first is in. It works once, and runs out{" "}
              <Time seconds={link.value.expires} />.
            </Notice>
            <Qr text={link.value.url} label="Code of the login link" />
            <p class="row">
              <code class="address">{link.value.url}</code>
              <Copy text={link.value.url} label="the link" />
            </p>
          </>
        )}
      </div>
    </Card>
  );
}
