import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Card } from "../../parts/card.tsx";
import { rpc } from "../../rpc.ts";
import { NeedsKeys } from "./needs-keys.tsx";
import type { SectionProps } from "./wallet-section.ts";
import { WordSheet } from "./word-sheet.tsx";

/** The words again, for whoever has the passphrase. */
export function WordsCard({ wallet, info }: SectionProps): JSX.Element {
  const words = useSignal<readonly string[] | null>(null);
  const show = async (): Promise<void> => {
    const answer = await rpc<{ words: string }>("getwalletwords", [], wallet);
    words.value = answer.words.split(/\s+/);
  };
  return (
    <Card title="Words">
      {words.value === null ? (
        <div class="stack">
          <p class="muted">The words bring all coins back, on this machine or another.</p>
          <div class="row">
            <NeedsKeys wallet={wallet} info={info} title="Show the words" work={show}>
              Show the words
            </NeedsKeys>
          </div>
        </div>
      ) : (
        <WordSheet
          words={words.value}
          onDone={() => {
            words.value = null;
          }}
        />
      )}
    </Card>
  );
}
