import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";

/** A backup file that lies on the peer's disk. */
export function RestoreFromFile({ onDone }: { onDone(name: string): void }): JSX.Element {
  const name = useSignal("restored");
  const file = useSignal("");
  const action = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    action.run(async () => {
      const wallet_name = name.value.trim();
      const backup_file = file.value.trim();
      await rpc("restorewallet", { wallet_name, backup_file, load_on_startup: true });
      onDone(wallet_name);
    });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <Field label="Name" value={name.value} onInput={setter(name)} />
      <Field
        label="Path of the backup"
        value={file.value}
        hint="As backupwallet wrote it, on the machine that the peer runs on."
        onInput={setter(file)}
      />
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      <p class="row">
        <Button kind="plain" type="submit" busy={action.busy} disabled={file.value.trim() === ""}>
          Restore the file
        </Button>
      </p>
    </form>
  );
}
