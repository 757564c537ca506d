import type { JSX } from "preact";
import { Copy } from "../../parts/copy.tsx";
import { Facts } from "../../parts/facts.tsx";

/** Who can open this page, and how another browser is let in. */
export function AccessStep(): JSX.Element {
  return (
    <div class="stack">
      <p>
        This page answers this machine alone. Every browser needs a link that works once; you get
        one from the terminal.
      </p>
      <Facts
        items={[
          ["Everything", <Command key="all" text="compeer open" />],
          ["Only to look", <Command key="view" text="compeer open --view" />],
        ]}
      />
      <p class="muted">
        Nothing on this page asks any other machine for anything: no prices, no fonts, no counting
        of visitors.
      </p>
    </div>
  );
}

function Command({ text }: { readonly text: string }): JSX.Element {
  return (
    <span class="row">
      <code>{text}</code>
      <Copy text={text} label="the command" />
    </span>
  );
}
