import type { ComponentChildren, JSX } from "preact";

interface CheckProps {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly hint?: ComponentChildren;
  readonly kind?: "check" | "switch";
  readonly disabled?: boolean;
}

/** Yes or no. */
export function Check(props: CheckProps): JSX.Element {
  const { label, checked, onChange, hint, kind = "check", disabled = false } = props;
  return (
    <label class={`check ${kind}`}>
      <input
        type="checkbox"
        role={kind === "switch" ? "switch" : undefined}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        {label}
        {hint === undefined ? null : <span class="field-hint">{hint}</span>}
      </span>
    </label>
  );
}
