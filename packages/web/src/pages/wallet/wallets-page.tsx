import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Link } from "../../parts/link.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { useAction, useRpc } from "../../query.ts";
import { go } from "../../router.ts";
import { rpc } from "../../rpc.ts";
import { WalletBalance } from "./wallet-balance.tsx";
import { walletHref, walletTitle } from "./wallet-href.ts";

interface WalletDirectory {
  readonly wallets: readonly { readonly name: string; readonly warnings?: readonly string[] }[];
}

/** All wallets: those that are open, those on the disk, and the ways to a new one. */
export function WalletsPage(): JSX.Element {
  const open = useRpc<readonly string[]>("listwallets", [], { topics: ["wallet"] });
  const onDisk = useRpc<WalletDirectory>("listwalletdir", [], { topics: ["wallet"] });
  const names = open.value ?? [];
  const closed = (onDisk.value?.wallets ?? []).filter(({ name }) => !names.includes(name));
  return (
    <Page title="Wallets">
      {open.error !== null && <Notice kind="error">{open.error}</Notice>}
      {open.value !== undefined && names.length === 0 && (
        <Notice kind="info">
          A wallet keeps the keys to your coins. They are made here, stay on this machine, and
          nobody else can bring them back: that is what the words are for.
        </Notice>
      )}
      {names.map((name) => (
        <WalletCard key={name} name={name} />
      ))}
      <NewWalletCard />
      {closed.length > 0 && (
        <Card title="Closed wallets" call={{ method: "listwalletdir" }}>
          <ul class="plain-list">
            {closed.map(({ name, warnings }) => (
              <ClosedWallet
                key={name}
                name={name}
                warnings={warnings ?? []}
                onOpen={() => {
                  open.reload();
                  onDisk.reload();
                }}
              />
            ))}
          </ul>
        </Card>
      )}
    </Page>
  );
}

function WalletCard({ name }: { readonly name: string }): JSX.Element {
  return (
    <Card title={walletTitle(name)} call={{ method: "getbalances", wallet: name }}>
      <WalletBalance wallet={name} />
      <p class="row">
        <Link href={walletHref(name)}>Open</Link>
        <Link href={walletHref(name, "receive")}>Receive</Link>
        <Link href={walletHref(name, "send")}>Send</Link>
      </p>
    </Card>
  );
}

function NewWalletCard(): JSX.Element {
  return (
    <Card title="Another wallet">
      <ul class="choices">
        <li>
          <Link href="/wallets/new">Create a wallet</Link>
          <span class="muted">New keys, with twelve or 24 words that bring it back.</span>
        </li>
        <li>
          <Link href="/wallets/restore">Restore a wallet</Link>
          <span class="muted">From its words, from a file, or from bitcoind's descriptors.</span>
        </li>
        <li>
          <Link href="/wallets/watch">Watch without keys</Link>
          <span class="muted">Addresses, an extended public key, a descriptor.</span>
        </li>
        <li>
          <Link href="/wallets/shared">Share a wallet</Link>
          <span class="muted">Several people, each with a key; some of them must sign.</span>
        </li>
      </ul>
    </Card>
  );
}

interface ClosedProps {
  readonly name: string;
  readonly warnings: readonly string[];
  onOpen(): void;
}

function ClosedWallet({ name, warnings, onOpen }: ClosedProps): JSX.Element {
  const action = useAction();
  const openWallet = (): void =>
    action.run(async () => {
      await rpc("loadwallet", { filename: name, load_on_startup: true });
      onOpen();
      go(walletHref(name));
    });
  return (
    <li class="row spread">
      <span>{walletTitle(name)}</span>
      <Button kind="plain" busy={action.busy} onClick={openWallet}>
        Open
      </Button>
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      {warnings.map((warning) => (
        <Notice key={warning} kind="warning">
          {warning}
        </Notice>
      ))}
    </li>
  );
}
