import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Check } from "../../parts/check.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";

/** Connects to a peer that somebody named. */
export function AddPeer({ onAdded }: { onAdded(): void }): JSX.Element {
  const address = useSignal("");
  const keep = useSignal(false);
  const tried = useSignal(false);
  const action = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    tried.value = false;
    action.run(async () => {
      await rpc("addnode", [address.value.trim(), keep.value ? "add" : "onetry"]);
      tried.value = true;
      onAdded();
    });
  };
  return (
    <Card title="Connect to a peer" call={{ method: "addnode", params: [address.value, "onetry"] }}>
      <form class="stack" onSubmit={submit}>
        <Field
          label="Address"
          mono
          value={address.value}
          hint="host:port; the port may be left out."
          onInput={setter(address)}
        />
        <Check
          label="Connect again whenever it is lost"
          checked={keep.value}
          onChange={setter(keep)}
        />
        <p class="row">
          <Button type="submit" busy={action.busy} disabled={address.value.trim() === ""}>
            Connect
          </Button>
        </p>
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {tried.value && <Notice kind="info">Trying. It appears above once it answers.</Notice>}
      </form>
    </Card>
  );
}
