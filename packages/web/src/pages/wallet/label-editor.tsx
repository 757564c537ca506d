import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";

interface Props {
  readonly wallet: string;
  readonly address: string;
  readonly label: string;
  onChange(): void;
}

/** The label of an address, which can be changed where it stands. */
export function LabelEditor({ wallet, address, label, onChange }: Props): JSX.Element {
  const edited = useSignal<string | null>(null);
  const text = useSignal(label);
  const action = useAction();
  if (edited.value === null)
    return (
      <span class="row">
        <span class="history-label">{label === "" ? "No label" : label}</span>
        <Button
          kind="quiet"
          label={label === "" ? "Add a label" : `Change the label ${label}`}
          onClick={() => {
            text.value = label;
            edited.value = label;
          }}
        >
          Label
        </Button>
      </span>
    );
  const submit = (event: Event): void => {
    event.preventDefault();
    action.run(async () => {
      await rpc("setlabel", { address, label: text.value }, wallet);
      edited.value = null;
      onChange();
    });
  };
  return (
    <form class="row" onSubmit={submit}>
      <Field
        label="Label"
        value={text.value}
        error={action.error}
        autofocus
        onInput={setter(text)}
      />
      <Button kind="primary" type="submit" busy={action.busy}>
        Keep
      </Button>
    </form>
  );
}
