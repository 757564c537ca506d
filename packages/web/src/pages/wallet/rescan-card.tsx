import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Progress } from "../../parts/progress.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import type { SectionProps } from "./wallet-section.ts";

interface RescanAnswer {
  readonly start_height: number;
  readonly stop_height: number | null;
}

/** Reads the chain again for what the wallet may have missed. */
export function RescanCard({ wallet, info }: SectionProps): JSX.Element {
  const from = useSignal("0");
  const done = useSignal<string | null>(null);
  const action = useAction();
  const submit = (event: Event): void => {
    event.preventDefault();
    done.value = null;
    action.run(async () => {
      const height = Number(from.value);
      if (!Number.isSafeInteger(height) || height < 0) throw new Error("That is not a height.");
      const found = await rpc<RescanAnswer>("rescanblockchain", [height], wallet);
      done.value = `Searched from ${found.start_height} to ${found.stop_height ?? "the tip"}.`;
    });
  };
  return (
    <Card title="Search the chain again" call={{ method: "rescanblockchain", wallet }}>
      <form class="stack" onSubmit={submit}>
        <Field
          label="From height"
          inputMode="numeric"
          value={from.value}
          hint="Only needed when something is missing that you know was paid."
          onInput={setter(from)}
        />
        <div class="row">
          <Button type="submit" busy={action.busy}>
            Search
          </Button>
          {info.scanning && (
            <Button onClick={() => void rpc("abortrescan", [], wallet).catch(() => false)}>
              Stop
            </Button>
          )}
        </div>
        {info.scanning && <Progress share={info.scanning.progress} label="Chain searched" />}
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {done.value !== null && <Notice kind="good">{done.value}</Notice>}
      </form>
    </Card>
  );
}
