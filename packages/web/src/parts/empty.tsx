import type { ComponentChildren, JSX } from "preact";

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly action?: ComponentChildren;
}

/** Stands where there is nothing yet, and says what would bring something. */
export function Empty({ title, children, action }: EmptyProps): JSX.Element {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children === undefined ? null : <p class="muted">{children}</p>}
      {action}
    </div>
  );
}
