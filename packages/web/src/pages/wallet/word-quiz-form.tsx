import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { quizPlaces } from "./word-quiz.ts";

interface Props {
  readonly words: readonly string[];
  readonly busy: boolean;
  readonly error: string | null;
  onPass(): void;
  onBack(): void;
}

/** Asks for three of the words, so that a slip of the pen shows now and not in ten years. */
export function WordQuiz({ words, busy, error, onPass, onBack }: Props): JSX.Element {
  const places = useSignal(quizPlaces(words.length, Math.random)).value;
  const answers = useSignal<Readonly<Record<number, string>>>({});
  const wrong = useSignal<readonly number[]>([]);
  const submit = (event: Event): void => {
    event.preventDefault();
    wrong.value = places.filter(
      (place) => (answers.value[place] ?? "").trim().toLowerCase() !== words[place],
    );
    if (wrong.value.length === 0) onPass();
  };
  return (
    <form class="stack" onSubmit={submit}>
      <p>From your paper:</p>
      {places.map((place) => (
        <Field
          key={place}
          label={`Word ${place + 1}`}
          value={answers.value[place] ?? ""}
          autocomplete="off"
          error={wrong.value.includes(place) ? "Your paper has another word here." : undefined}
          onInput={(text) => {
            answers.value = { ...answers.value, [place]: text };
            wrong.value = wrong.value.filter((other) => other !== place);
          }}
        />
      ))}
      {error !== null && <Notice kind="error">{error}</Notice>}
      <p class="row">
        <Button kind="primary" type="submit" busy={busy}>
          Create the wallet
        </Button>
        <Button kind="plain" onClick={onBack}>
          Show the words again
        </Button>
      </p>
    </form>
  );
}
