import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { useAction } from "../../query.ts";

interface Props {
  readonly title: string;
  /** What the button says. */
  readonly confirm: string;
  readonly children?: ComponentChildren;
  /** Does what the passphrase is for; what it throws is shown, and the dialog stays. */
  onPassphrase(passphrase: string): Promise<void>;
  onClose(): void;
}

/** Asks for the passphrase of a wallet. It is kept nowhere. */
export function PassphraseDialog({
  title,
  confirm,
  children,
  onPassphrase,
  onClose,
}: Props): JSX.Element {
  const passphrase = useSignal("");
  const action = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    action.run(() => onPassphrase(passphrase.value));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        {children}
        <Field
          label="Passphrase"
          type="password"
          autocomplete="current-password"
          value={passphrase.value}
          error={action.error ?? undefined}
          onInput={(text) => {
            passphrase.value = text;
            action.clear();
          }}
        />
        <p class="row">
          <Button kind="primary" type="submit" busy={action.busy}>
            {confirm}
          </Button>
          <Button kind="plain" onClick={onClose}>
            Cancel
          </Button>
        </p>
      </form>
    </Dialog>
  );
}
