import type { Signal } from "@preact/signals";

/** Puts what a field says into a signal: `<Field value={name.value} onInput={setter(name)} />`. */
export function setter<T>(target: Signal<T>): (value: T) => void {
  return (value) => {
    target.value = value;
  };
}
