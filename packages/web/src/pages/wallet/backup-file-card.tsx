import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { formatBytes } from "../../format.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { go } from "../../router.ts";
import { rpc, walletBackup } from "../../rpc.ts";
import { may } from "../../state/session.ts";
import { reloadWallets } from "../../state/wallets.ts";
import { download } from "./download.ts";
import type { SectionProps } from "./wallet-section.ts";

/** A copy of the whole wallet as a file of the reader's, and the way to close it. */
export function BackupFileCard({ wallet, info }: SectionProps): JSX.Element {
  const saved = useSignal<string | null>(null);
  const action = useAction();
  const save = (): void =>
    action.run(async () => {
      saved.value = null;
      const copy = await walletBackup(wallet);
      const name = `${wallet === "" ? "wallet" : wallet}-backup.sqlite`;
      download(name, copy);
      saved.value = `${name}, ${formatBytes(copy.size)}`;
    });
  const close = (): void =>
    action.run(async () => {
      await rpc("unloadwallet", { wallet_name: wallet, load_on_startup: false });
      await reloadWallets();
      go("/wallet");
    });
  const isOpen = info.private_keys_enabled && info.unlocked_until === undefined;
  return (
    <Card title="File" call={{ method: "backupwallet", wallet }}>
      <div class="stack">
        <p class="muted">
          Everything is in it: keys, labels, history.{" "}
          {isOpen
            ? "This wallet has no passphrase, so whoever has the file has the coins."
            : "Its keys stay sealed by your passphrase."}
        </p>
        {may("spend") && (
          <p class="row">
            <Button busy={action.busy} onClick={save}>
              Save a copy
            </Button>
            <Button onClick={close}>Close this wallet</Button>
          </p>
        )}
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {saved.value !== null && <Notice kind="good">The copy is saved: {saved.value}.</Notice>}
      </div>
    </Card>
  );
}
