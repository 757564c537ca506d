import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import { typedWords } from "./word-quiz.ts";

/** Words, the date since when there may be coins, and a new passphrase for this disk. */
export function RestoreFromWords({ onDone }: { onDone(name: string): void }): JSX.Element {
  const name = useSignal("restored");
  const text = useSignal("");
  const since = useSignal("");
  const wordPassphrase = useSignal("");
  const passphrase = useSignal("");
  const action = useAction();
  const words = typedWords(text.value);
  const submit = (event: Event): void => {
    event.preventDefault();
    action.run(async () => {
      await rpc("createwalletfromwords", {
        name: name.value.trim(),
        words: words.join(" "),
        wordpassphrase: wordPassphrase.value,
        passphrase: passphrase.value,
        birthday: birthdayOf(since.value),
        load_on_startup: true,
      });
      onDone(name.value.trim());
    });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <Field
        label="The words, in their order"
        value={text.value}
        multiline
        hint={
          words.length === 0 ? "12, 15, 18, 21 or 24 of them." : `${words.length} words so far.`
        }
        onInput={setter(text)}
      />
      <Field label="Name" value={name.value} onInput={setter(name)} />
      <Field
        label="First used"
        type="date"
        value={since.value}
        hint="Blocks before this day are not searched. Empty: all are."
        onInput={setter(since)}
      />
      <details>
        <summary>Passphrases</summary>
        <div class="stack">
          <Field
            label="Passphrase that belongs to the words"
            type="password"
            autocomplete="off"
            value={wordPassphrase.value}
            hint="Only if you chose one with the words: another one gives another wallet."
            onInput={setter(wordPassphrase)}
          />
          <Field
            label="Passphrase for this disk"
            type="password"
            autocomplete="new-password"
            value={passphrase.value}
            hint="Seals the keys here. Empty: they are not sealed."
            onInput={setter(passphrase)}
          />
        </div>
      </details>
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      <p class="row">
        <Button kind="primary" type="submit" busy={action.busy} disabled={words.length === 0}>
          Restore from words
        </Button>
      </p>
    </form>
  );
}

/** Seconds since 1970 of the day before, for the zones east of here; 0 is the beginning. */
function birthdayOf(day: string): number {
  const time = Date.parse(day);
  return Number.isNaN(time) ? 0 : Math.max(0, time / 1000 - 86_400);
}
