import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";

interface Props {
  readonly words: readonly string[];
  onDone(): void;
}

/** The words to write down, numbered. They are shown, never copied: a clipboard is read by others. */
export function WordSheet({ words, onDone }: Props): JSX.Element {
  return (
    <div class="stack">
      <p>
        These words are the wallet. Write them on paper, in this order. Whoever has them has your
        coins; without them a broken disk takes the coins with it.
      </p>
      <ol class="words" aria-label="Words of the wallet">
        {words.map((word, at) => (
          <li key={at}>{word}</li>
        ))}
      </ol>
      <Notice kind="warning">
        Take no picture of them, type them nowhere else, and say them to nobody.
      </Notice>
      <p class="row">
        <Button kind="primary" onClick={onDone}>
          I have written them down
        </Button>
        <Button kind="plain" onClick={() => print()}>
          Print
        </Button>
      </p>
    </div>
  );
}
