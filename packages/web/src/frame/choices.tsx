import type { JSX } from "preact";
import { Icon } from "../parts/icon.tsx";
import { setTheme, type Theme, theme } from "../state/theme.ts";
import { setUnit, unit } from "../state/unit.ts";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: "system", light: "sun", dark: "moon" } as const;

/** The reader's own choices: unit of amounts, light or dark. */
export function Choices(): JSX.Element {
  const other = unit.value === "btc" ? "sats" : "btc";
  return (
    <div class="reader-choices">
      <button
        type="button"
        class="choice"
        aria-label={`Amounts in ${unit.value === "btc" ? "BTC" : "sats"}; change to ${other}`}
        title="Unit of amounts"
        onClick={() => setUnit(other)}
      >
        {unit.value === "btc" ? "BTC" : "sats"}
      </button>
      <button
        type="button"
        class="choice"
        aria-label={`Theme: ${theme.value}; change to ${NEXT[theme.value]}`}
        title={`Theme: ${theme.value}`}
        onClick={() => setTheme(NEXT[theme.value])}
      >
        <Icon name={ICONS[theme.value]} />
      </button>
    </div>
  );
}
