import type { ComponentChildren, JSX, TargetedInputEvent } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
  /** What is wrong with the value, in one sentence. */
  readonly error?: string | null | undefined;
  readonly hint?: ComponentChildren;
  readonly type?: "text" | "password" | "number" | "search" | "datetime-local" | "date";
  readonly multiline?: boolean;
  readonly mono?: boolean;
  /** What stands after the value: a unit, a button. */
  readonly suffix?: ComponentChildren;
  readonly autocomplete?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly disabled?: boolean;
  readonly inputMode?: "text" | "numeric" | "decimal" | "search";
  /** Id of a datalist that completes it. */
  readonly list?: string;
  readonly autofocus?: boolean;
}

/** One thing to fill in, with its name above, and its fault or a hint below. */
export function Field(props: FieldProps): JSX.Element {
  const id = useId();
  const box = useRef<HTMLElement | null>(null);
  const { error, hint } = props;
  useEffect(() => {
    if (props.autofocus) box.current?.focus();
  }, []);
  const shared = {
    id,
    ref: (element: HTMLElement | null): void => {
      box.current = element;
    },
    class: props.mono ? "mono" : undefined,
    value: props.value,
    placeholder: props.placeholder,
    required: props.required,
    readOnly: props.readOnly,
    disabled: props.disabled,
    autoCapitalize: "none" as const,
    spellcheck: false,
    inputMode: props.inputMode,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": error || hint ? `${id}-more` : undefined,
    onInput: (event: TargetedInputEvent<HTMLInputElement | HTMLTextAreaElement>): void => {
      props.onInput(event.currentTarget.value);
    },
  };
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="field-box">
        {props.multiline ? (
          <textarea {...shared} rows={4} />
        ) : (
          <input
            {...shared}
            type={(props.type ?? "text") as "text"}
            autoComplete={props.autocomplete ?? "off"}
            list={props.list}
          />
        )}
        {props.suffix === undefined ? null : <span class="field-suffix">{props.suffix}</span>}
      </div>
      <Below id={`${id}-more`} error={error} hint={hint} />
    </div>
  );
}

function Below({
  id,
  error,
  hint,
}: {
  readonly id: string;
  readonly error: string | null | undefined;
  readonly hint: ComponentChildren;
}): JSX.Element | null {
  if (!error && !hint) return null;
  return (
    <p id={id} class={error ? "field-error" : "field-hint"} role={error ? "alert" : undefined}>
      {error || hint}
    </p>
  );
}
