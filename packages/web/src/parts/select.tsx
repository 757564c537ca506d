import type { JSX } from "preact";
import { useId } from "preact/hooks";

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly hint?: string;
}

/** One of a few. */
export function Select({ label, value, options, onChange, hint }: SelectProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <select
          id={id}
          aria-describedby={hint === undefined ? undefined : `${id}-more`}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      </div>
      {hint === undefined ? null : (
        <p id={`${id}-more`} class="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
