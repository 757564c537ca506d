import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Card } from "../../parts/card.tsx";
import { Page } from "../../parts/page.tsx";
import { go } from "../../router.ts";
import { setter } from "../../state/setter.ts";
import { CreateWallet } from "./create-wallet.tsx";
import { walletHref } from "./wallet-href.ts";

/** A new wallet, step by step. */
export function CreateWalletPage(): JSX.Element {
  const step = useSignal("Create a wallet");
  return (
    <Page title="Create a wallet">
      <Card title={step.value}>
        <CreateWallet onStep={setter(step)} onDone={(name) => go(walletHref(name))} />
      </Card>
    </Page>
  );
}
