import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { go } from "../../router.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import { reloadWallets } from "../../state/wallets.ts";
import type { SectionProps } from "./wallet-section.ts";

/** A copy of the whole wallet on the peer's disk, and the way to close it. */
export function BackupFileCard({ wallet }: SectionProps): JSX.Element {
  const path = useSignal("");
  const done = useSignal(false);
  const action = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    done.value = false;
    action.run(async () => {
      await rpc("backupwallet", { destination: path.value.trim() }, wallet);
      done.value = true;
    });
  };
  const close = (): void =>
    action.run(async () => {
      await rpc("unloadwallet", { wallet_name: wallet, load_on_startup: false });
      await reloadWallets();
      go("/wallet");
    });
  return (
    <Card title="File" call={{ method: "backupwallet", wallet }}>
      <form class="stack" onSubmit={submit}>
        <Field
          label="Where to, on the peer's machine"
          value={path.value}
          hint="Everything is in it: keys, labels, history. Its keys stay sealed by your passphrase."
          onInput={setter(path)}
        />
        <p class="row">
          <Button type="submit" busy={action.busy} disabled={path.value.trim() === ""}>
            Write the copy
          </Button>
          <Button onClick={close}>Close this wallet</Button>
        </p>
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {done.value && <Notice kind="good">The copy is written.</Notice>}
      </form>
    </Card>
  );
}
