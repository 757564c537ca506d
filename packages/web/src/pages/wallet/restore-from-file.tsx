import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { formatBytes } from "../../format.ts";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { restoreBackup } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import { FilePick } from "./file-pick.tsx";

/** A backup file of the reader's, which the page hands to the peer. */
export function RestoreFromFile({ onDone }: { onDone(name: string): void }): JSX.Element {
  const name = useSignal("restored");
  const file = useSignal<File | null>(null);
  const action = useAction();
  const chosen = file.value;
  const take = (picked: File): void => {
    action.clear();
    file.value = picked;
    const [word] = picked.name.split(/[-.]/);
    if (word !== undefined && word !== "" && name.value === "restored") name.value = word;
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (chosen === null) return;
    action.run(async () => {
      const wallet = name.value.trim();
      if (wallet === "") throw new Error("Give the wallet a name.");
      await restoreBackup(wallet, chosen);
      onDone(wallet);
    });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <div class="row">
        <FilePick label="Choose the backup" accept=".sqlite,.dat,.bak" onFile={take} />
        <span aria-live="polite" class="muted">
          {chosen === null ? "No file yet." : `${chosen.name}, ${formatBytes(chosen.size)}`}
        </span>
      </div>
      <Field label="Name of the wallet" value={name.value} onInput={setter(name)} />
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      <p class="row">
        <Button kind="plain" type="submit" busy={action.busy} disabled={chosen === null}>
          Restore the file
        </Button>
      </p>
    </form>
  );
}
