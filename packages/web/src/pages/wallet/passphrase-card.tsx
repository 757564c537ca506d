import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import type { SectionProps } from "./wallet-section.ts";

/** A passphrase for a wallet that has none, or another one. */
export function PassphraseCard({ wallet, info }: SectionProps): JSX.Element {
  const old = useSignal("");
  const fresh = useSignal("");
  const again = useSignal("");
  const done = useSignal(false);
  const action = useAction();
  const isSealed = info.unlocked_until !== undefined;
  const submit = (event: Event): void => {
    event.preventDefault();
    done.value = false;
    action.run(async () => {
      if (fresh.value === "") throw new Error("Choose a passphrase.");
      if (fresh.value !== again.value) throw new Error("The two passphrases differ.");
      const change = { oldpassphrase: old.value, newpassphrase: fresh.value };
      if (isSealed) await rpc("walletpassphrasechange", change, wallet);
      else await rpc("encryptwallet", { passphrase: fresh.value }, wallet);
      old.value = "";
      fresh.value = "";
      again.value = "";
      done.value = true;
    });
  };
  return (
    <Card title={isSealed ? "Another passphrase" : "Seal the keys"}>
      <form class="stack" onSubmit={submit}>
        {isSealed && (
          <Field
            label="Passphrase now"
            type="password"
            autocomplete="current-password"
            value={old.value}
            onInput={setter(old)}
          />
        )}
        <Field
          label="New passphrase"
          type="password"
          autocomplete="new-password"
          value={fresh.value}
          hint="Nobody can tell you what it was. The words are the way back."
          onInput={setter(fresh)}
        />
        <Field
          label="New passphrase again"
          type="password"
          autocomplete="new-password"
          value={again.value}
          onInput={setter(again)}
        />
        <p class="row">
          <Button type="submit" busy={action.busy}>
            {isSealed ? "Change it" : "Seal"}
          </Button>
        </p>
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {done.value && <Notice kind="good">The keys are sealed with the new passphrase.</Notice>}
      </form>
    </Card>
  );
}
