import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

interface BadgeProps {
  readonly children: ComponentChildren;
  readonly kind?: "good" | "warning" | "bad" | "info" | "plain";
  readonly icon?: IconName;
  readonly title?: string;
}

/** One or two words on the state of something. */
export function Badge({ children, kind = "plain", icon, title }: BadgeProps): JSX.Element {
  return (
    <span class={`badge ${kind}`} title={title}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </span>
  );
}
