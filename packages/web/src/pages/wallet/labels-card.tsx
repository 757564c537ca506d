import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { download } from "./download.ts";
import { FilePick } from "./file-pick.tsx";
import type { SectionProps } from "./wallet-section.ts";

interface Imported {
  readonly applied: number;
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

/** Labels in and out, as other wallets read and write them (BIP329). */
export function LabelsCard({ wallet }: SectionProps): JSX.Element {
  const done = useSignal<string | null>(null);
  const action = useAction();
  const save = (): void =>
    action.run(async () => {
      done.value = null;
      download(`${wallet}-labels.jsonl`, await rpc<string>("exportlabels", [], wallet));
    });
  const load = (file: File): void =>
    action.run(async () => {
      done.value = null;
      const records = await file.text();
      const { applied, problems } = await rpc<Imported>("importlabels", { records }, wallet);
      const [first] = problems;
      const trouble = first === undefined ? "" : ` Line ${first.line}: ${first.reason}`;
      done.value = `${applied} labels are in.${trouble}`;
    });
  return (
    <Card title="Labels" call={{ method: "exportlabels", wallet }}>
      <div class="stack">
        <p class="muted">The words do not bring labels back; this file does.</p>
        <div class="row">
          <Button busy={action.busy} onClick={save}>
            Save
          </Button>
          <FilePick label="Load" accept=".jsonl,.json,.txt" onFile={load} />
        </div>
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {done.value !== null && <Notice kind="good">{done.value}</Notice>}
      </div>
    </Card>
  );
}
