import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Check } from "../../parts/check.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Select } from "../../parts/select.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import { WordQuiz } from "./word-quiz-form.tsx";
import { WordSheet } from "./word-sheet.tsx";

interface Props {
  onStep(title: string): void;
  /** The wallet stands and is open. */
  onDone(name: string): void;
}

interface Plan {
  readonly name: string;
  readonly passphrase: string;
  readonly words: readonly string[];
}

/** Name and passphrase, then the words, then three of them asked for. The keys exist only at the end. */
export function CreateWallet({ onStep, onDone }: Props): JSX.Element {
  const plan = useSignal<Plan | null>(null);
  const written = useSignal(false);
  const action = useAction();
  const current = plan.value;
  const create = ({ name, passphrase, words }: Plan): void =>
    action.run(async () => {
      const now = Math.floor(Date.now() / 1000);
      await rpc("createwalletfromwords", {
        name,
        words: words.join(" "),
        passphrase,
        birthday: now,
        load_on_startup: true,
      });
      onDone(name);
    });
  if (current === null)
    return (
      <WalletNameForm
        onPlan={(made) => {
          plan.value = made;
          onStep("Write the words down");
        }}
      />
    );
  if (!written.value)
    return (
      <WordSheet
        words={current.words}
        onDone={() => {
          written.value = true;
          onStep("Three of your words");
        }}
      />
    );
  return (
    <WordQuiz
      words={current.words}
      busy={action.busy}
      error={action.error}
      onPass={() => create(current)}
      onBack={() => {
        written.value = false;
        onStep("Write the words down");
      }}
    />
  );
}

function WalletNameForm({ onPlan }: { onPlan(plan: Plan): void }): JSX.Element {
  const name = useSignal("wallet");
  const passphrase = useSignal("");
  const again = useSignal("");
  const count = useSignal("12");
  const isOpen = useSignal(false);
  const action = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    action.run(async () => {
      const problem = problemOf(name.value, passphrase.value, again.value, isOpen.value);
      if (problem !== null) throw new Error(problem);
      const wallets = await rpc<{ wallets: readonly { name: string }[] }>("listwalletdir");
      const taken = wallets.wallets.some((wallet) => wallet.name === name.value.trim());
      if (taken) throw new Error("There is a wallet of that name already.");
      const { words } = await rpc<{ words: string }>("createmnemonic", [Number(count.value)]);
      const phrase = isOpen.value ? "" : passphrase.value;
      onPlan({ name: name.value.trim(), passphrase: phrase, words: words.split(" ") });
    });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <Field label="Name" value={name.value} onInput={setter(name)} />
      <Select
        label="Words"
        value={count.value}
        options={[
          { value: "12", label: "12 words" },
          { value: "24", label: "24 words" },
        ]}
        onChange={setter(count)}
      />
      <Field
        label="Passphrase"
        type="password"
        autocomplete="new-password"
        value={passphrase.value}
        disabled={isOpen.value}
        hint="It seals the keys on this disk and is asked for when you spend. The words alone bring the coins back."
        onInput={setter(passphrase)}
      />
      <Field
        label="The passphrase again"
        type="password"
        autocomplete="new-password"
        value={again.value}
        disabled={isOpen.value}
        onInput={setter(again)}
      />
      <Check
        label="No passphrase: whoever can read this disk can spend"
        checked={isOpen.value}
        onChange={setter(isOpen)}
      />
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      <p class="row">
        <Button kind="primary" type="submit" busy={action.busy}>
          Make the words
        </Button>
      </p>
    </form>
  );
}

function problemOf(
  name: string,
  passphrase: string,
  again: string,
  isOpen: boolean,
): string | null {
  if (name.trim() === "") return "Give it a name.";
  if (/[/\\]/.test(name)) return "A name has no slashes.";
  if (isOpen) return null;
  if (passphrase === "") return "Choose a passphrase, or say that you want none.";
  return passphrase === again ? null : "The two passphrases differ.";
}
