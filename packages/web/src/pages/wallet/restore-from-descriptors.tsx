import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { setter } from "../../state/setter.ts";
import { exportedDescriptors } from "./exported-descriptors.ts";
import { createWithDescriptors } from "./import-descriptors.ts";

/** What bitcoind's listdescriptors printed moves a wallet here, with its keys when they are in it. */
export function RestoreFromDescriptors({ onDone }: { onDone(name: string): void }): JSX.Element {
  const name = useSignal("imported");
  const text = useSignal("");
  const action = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    action.run(async () => {
      const { requests, hasPrivateKeys } = exportedDescriptors(text.value);
      await createWithDescriptors(name.value.trim(), requests, hasPrivateKeys);
      onDone(name.value.trim());
    });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <Field
        label="Output of listdescriptors"
        value={text.value}
        multiline
        hint="With its private keys (listdescriptors true) the wallet can spend; without, it watches."
        onInput={setter(text)}
      />
      <Field label="Name" value={name.value} onInput={setter(name)} />
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      <p class="row">
        <Button kind="plain" type="submit" busy={action.busy} disabled={text.value.trim() === ""}>
          Import
        </Button>
      </p>
    </form>
  );
}
