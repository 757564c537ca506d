import { type Signal, signal } from "@preact/signals";

const PREFIX = "compeer.";

/** A choice of the reader's that this browser remembers, one of `choices`. */
export function storedChoice<T extends string>(
  name: string,
  choices: readonly [T, ...T[]],
): Signal<T> {
  const stored = read(name);
  const choice = signal(choices.find((one) => one === stored) ?? choices[0]);
  choice.subscribe((value) => write(name, value));
  return choice;
}

/** What this browser remembers by that name, if anything. */
export function read(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Remembers a text. A browser that stores nothing forgets it. */
export function write(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}
