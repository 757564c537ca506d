import { effect, type Signal } from "@preact/signals";
import { storedChoice } from "./stored.ts";

/** Light, dark, or as the system says. */
export type Theme = "system" | "light" | "dark";

export const theme: Signal<Theme> = storedChoice<Theme>("theme", ["system", "light", "dark"]);

/** Shows the page in the chosen theme from now on. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.style.colorScheme =
      theme.value === "system" ? "light dark" : theme.value;
  });
}

export function setTheme(chosen: Theme): void {
  theme.value = chosen;
}
