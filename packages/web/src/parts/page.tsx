import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";

interface PageProps {
  readonly title: string;
  /** What stands under the title: one sentence or a few badges. */
  readonly lead?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** What stands in place of the title to the eye: a number with arrows, a name with a picture. */
  readonly heading?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** What stands at one place: its title, and below it all the rest. */
export function Page({ title, lead, actions, heading, children }: PageProps): JSX.Element {
  useEffect(() => {
    document.title = `${title} · compeer`;
  }, [title]);
  return (
    <div class="page stack">
      <header class="page-head">
        <div>
          <h1>{heading ?? title}</h1>
          {lead === undefined ? null : <div class="page-lead">{lead}</div>}
        </div>
        {actions === undefined ? null : <div class="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
