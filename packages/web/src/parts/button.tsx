import type { ComponentChildren, JSX } from "preact";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly kind?: "primary" | "plain" | "danger" | "quiet";
  /** Under way: it stays where it is and cannot be pressed again. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly type?: "button" | "submit";
  /** Name for those who do not see it, where the content is no text. */
  readonly label?: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly onClick?: () => void;
}

/** Something that can be done here. */
export function Button({
  children,
  kind = "plain",
  busy = false,
  disabled = false,
  type = "button",
  label,
  pressed,
  expanded,
  onClick,
}: ButtonProps): JSX.Element {
  return (
    <button
      type={type}
      class={`button ${kind}`}
      disabled={disabled || busy}
      aria-busy={busy}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      onClick={() => onClick?.()}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : null}
      {children}
    </button>
  );
}
