import type { JSX } from "preact";
import { Card } from "../../parts/card.tsx";
import { Page } from "../../parts/page.tsx";
import { go } from "../../router.ts";
import { RestoreFromDescriptors } from "./restore-from-descriptors.tsx";
import { RestoreFromFile } from "./restore-from-file.tsx";
import { RestoreFromWords } from "./restore-from-words.tsx";
import { walletHref } from "./wallet-href.ts";

/** The ways to bring a wallet back. */
export function RestoreWalletPage(): JSX.Element {
  const done = (name: string): void => go(walletHref(name));
  return (
    <Page title="Restore a wallet">
      <Card title="From its words" call={{ method: "createwalletfromwords" }}>
        <RestoreFromWords onDone={done} />
      </Card>
      <Card title="From descriptors" call={{ method: "importdescriptors" }}>
        <RestoreFromDescriptors onDone={done} />
      </Card>
      <Card title="From a backup file" call={{ method: "restorewallet" }}>
        <RestoreFromFile onDone={done} />
      </Card>
    </Page>
  );
}
