import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { formatShare } from "../../format.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Link } from "../../parts/link.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { useRpc } from "../../query.ts";
import type { PageProps } from "../../route.ts";
import { currentWallet, reloadWallets, wallets } from "../../state/wallets.ts";
import { WalletBalance } from "./wallet-balance.tsx";
import { walletHref, walletOfPath, walletTitle } from "./wallet-href.ts";
import type { WalletInfo } from "./wallet-json.ts";
import { WalletLock } from "./wallet-lock.tsx";
import { SECTIONS, sectionOf } from "./wallet-sections.ts";

/** How often a search of the chain is asked how far it is. */
const SCAN_MS = 2_000;

/** One wallet: what it holds, whether it is locked, and below it one of its sections. */
export function WalletPage({ params }: PageProps): JSX.Element {
  const wallet = walletOfPath(params["name"] ?? "");
  const section = sectionOf(params["section"]);
  const {
    value: info,
    error,
    reload,
  } = useRpc<WalletInfo>("getwalletinfo", [], {
    topics: ["wallet", "sync"],
    wallet,
  });
  useCurrentWallet(wallet, info !== undefined);
  useEffect(() => {
    if (!info?.scanning) return;
    const timer = setTimeout(reload, SCAN_MS);
    return () => clearTimeout(timer);
  }, [info]);
  if (error !== null && info === undefined)
    return (
      <Page title={walletTitle(wallet)}>
        <Notice kind="error">{error}</Notice>
        <p>
          <Link href="/wallet">All wallets</Link>
        </p>
      </Page>
    );
  const Section = section?.component;
  return (
    <Page
      title={walletTitle(wallet)}
      lead={
        info?.private_keys_enabled === false && <Badge kind="info">Watched, without keys</Badge>
      }
      actions={<Link href="/wallet">All wallets</Link>}
    >
      <WalletHead wallet={wallet} info={info} onChange={reload} />
      <SectionLinks wallet={wallet} current={section?.path} />
      {Section === undefined && <Notice kind="error">A wallet has no such section.</Notice>}
      {Section !== undefined && info !== undefined && (
        <Section key={wallet} wallet={wallet} info={info} id={params["id"] ?? null} />
      )}
    </Page>
  );
}

/** Makes the wallet that is looked at the one that the rest of the page speaks of. */
function useCurrentWallet(wallet: string, exists: boolean): void {
  useEffect(() => {
    if (!exists) return;
    currentWallet.value = wallet;
    if (!wallets.value?.includes(wallet)) void reloadWallets();
  }, [wallet, exists]);
}

interface LinksProps {
  readonly wallet: string;
  readonly current: string | undefined;
}

function SectionLinks({ wallet, current }: LinksProps): JSX.Element {
  return (
    <nav class="sections" aria-label="Sections of the wallet">
      {SECTIONS.map(({ path, title }) => (
        <Link
          key={path}
          href={path === "" ? walletHref(wallet) : walletHref(wallet, path)}
          current={path === current}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

interface HeadProps {
  readonly wallet: string;
  readonly info: WalletInfo | undefined;
  onChange(): void;
}

function WalletHead({ wallet, info, onChange }: HeadProps): JSX.Element {
  return (
    <Card title="Balance" call={{ method: "getbalances", wallet }}>
      <WalletBalance wallet={wallet} />
      {info?.scanning && (
        <Notice kind="info">
          Searching the chain: {formatShare(info.scanning.progress)}. What is shown may not be all.
        </Notice>
      )}
      {info?.unlocked_until !== undefined && (
        <WalletLock wallet={wallet} until={info.unlocked_until} onChange={onChange} />
      )}
    </Card>
  );
}
