import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { onTopic } from "../../live.ts";
import { Answer } from "../../parts/answer.tsx";
import { Card } from "../../parts/card.tsx";
import { Check } from "../../parts/check.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Field } from "../../parts/field.tsx";
import { Page } from "../../parts/page.tsx";
import { useRpc } from "../../query.ts";
import { setter } from "../../state/setter.ts";
import { SettingsLinks } from "./settings-links.tsx";

interface Tail {
  readonly path: string;
  readonly lines: readonly string[];
}

const ASKED = 300;
const KEPT = 1_000;

/** What the peer writes down of its doings, newest first, as it writes it. */
export function LogsPage(): JSX.Element {
  const filter = useSignal("");
  const held = useSignal(false);
  const fresh = useSignal<readonly string[]>([]);
  const tail = useRpc<Tail>("gettaillog", [ASKED]);
  useEffect(
    () =>
      onTopic("log", (data) => {
        if (held.value) return;
        const { lines } = data as { lines: readonly string[] };
        fresh.value = [...fresh.value, ...lines].slice(-KEPT);
      }),
    [],
  );
  const wanted = filter.value.trim().toLowerCase();
  return (
    <Page title="Log">
      <SettingsLinks />
      <Card title="Newest first" call={{ method: "gettaillog", params: [ASKED] }}>
        <div class="stack">
          <Field
            label="Only lines with"
            type="search"
            value={filter.value}
            onInput={setter(filter)}
          />
          <Check label="Hold still" checked={held.value} onChange={setter(held)} />
          <Answer query={tail}>
            {({ path, lines }) => {
              const shown = joined(lines, fresh.value)
                .filter((line) => line.toLowerCase().includes(wanted))
                .toReversed();
              return (
                <>
                  {shown.length === 0 ? (
                    <Empty title="No such line" />
                  ) : (
                    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
                    <pre class="log" tabIndex={0}>
                      {shown.join("\n")}
                    </pre>
                  )}
                  <p class="muted small">
                    All of it is in <code class="address">{path}</code>
                  </p>
                </>
              );
            }}
          </Answer>
        </div>
      </Card>
    </Page>
  );
}

/** The lines that were asked for, then those that came since; what is in both stands once. */
function joined(asked: readonly string[], fresh: readonly string[]): readonly string[] {
  const last = asked.at(-1);
  const overlap = last === undefined ? -1 : fresh.indexOf(last);
  return [...asked, ...fresh.slice(overlap + 1)];
}
