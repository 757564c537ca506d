import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useRef } from "preact/hooks";
import { completions, type ListedMethod } from "./method-names.ts";

interface Props {
  readonly methods: readonly ListedMethod[];
  /** Lines asked before, oldest first. */
  readonly history: readonly string[];
  onLine(line: string): void;
}

const SHOWN = 8;

/** One line to type: arrows choose what completes it or what was asked before, Tab takes it, Enter asks. */
export function CommandField({ methods, history, onLine }: Props): JSX.Element {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const line = useSignal("");
  const chosen = useSignal(-1);
  const back = useSignal(0);
  const isNaming = !/\s/.test(line.value.trimStart());
  const offered = isNaming ? completions(methods, line.value, SHOWN) : [];
  const exact = methods.find(({ name }) => name === line.value.trimStart().split(/\s/, 1)[0]);
  const write = (text: string): void => {
    line.value = text;
    chosen.value = -1;
  };
  const take = (method: ListedMethod): void => {
    write(`${method.name} `);
    box.current?.focus();
  };
  const recall = (step: number): void => {
    back.value = Math.max(0, Math.min(history.length, back.value + step));
    write(back.value === 0 ? "" : (history[history.length - back.value] as string));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = line.value.trim();
    if (text === "") return;
    back.value = 0;
    write("");
    onLine(text);
  };
  const press = (event: KeyboardEvent): void => {
    const candidate = offered[Math.max(0, chosen.value)];
    if (event.key === "Tab" && !event.shiftKey && candidate !== undefined && candidate !== exact) {
      event.preventDefault();
      take(candidate);
    } else if (event.key === "Enter" && chosen.value >= 0 && candidate !== undefined) {
      event.preventDefault();
      take(candidate);
    } else if (event.key === "Escape") {
      chosen.value = -1;
    } else if (event.key === "ArrowDown" && offered.length > 0 && line.value !== "") {
      event.preventDefault();
      chosen.value = Math.min(offered.length - 1, chosen.value + 1);
    } else if (event.key === "ArrowUp" && chosen.value >= 0) {
      event.preventDefault();
      chosen.value -= 1;
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      recall(event.key === "ArrowUp" ? 1 : -1);
    }
  };
  const isOpen = offered.length > 0 && offered[0] !== exact;
  return (
    <form class="command" onSubmit={submit}>
      <label for={id}>Method and arguments</label>
      <div class="field-box">
        <input
          id={id}
          ref={box}
          class="mono"
          value={line.value}
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && chosen.value >= 0 ? `${id}-${chosen.value}` : undefined}
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={press}
        />
      </div>
      <p class="field-hint mono">{exact === undefined ? "Tab completes." : exact.usage}</p>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Methods"
        class="completions"
        hidden={!isOpen}
      >
        {isOpen &&
          offered.map((method, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the field
            <div
              key={method.name}
              id={`${id}-${at}`}
              role="option"
              aria-selected={at === chosen.value}
              class="completion"
              onClick={() => take(method)}
            >
              <span class="mono">{method.name}</span>{" "}
              <span class="muted small">{method.category}</span>
            </div>
          ))}
      </div>
    </form>
  );
}
