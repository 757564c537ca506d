import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

const ICONS: Readonly<Record<NoticeKind, IconName>> = {
  info: "info",
  good: "check",
  warning: "warning",
  error: "warning",
};

type NoticeKind = "info" | "good" | "warning" | "error";

interface NoticeProps {
  readonly kind?: NoticeKind;
  readonly title?: ComponentChildren;
  readonly children?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** Something the reader should know. Errors are spoken at once. */
export function Notice({ kind = "info", title, children, actions }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${kind}`} role={kind === "error" ? "alert" : undefined}>
      <Icon name={ICONS[kind]} />
      <div class="notice-words">
        {title === undefined ? null : <strong>{title}</strong>}
        {children === undefined ? null : <div>{children}</div>}
        {actions === undefined ? null : <div class="row">{actions}</div>}
      </div>
    </div>
  );
}
